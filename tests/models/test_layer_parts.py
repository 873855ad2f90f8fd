"""What acts inside layers, stands in some of them, or carries on."""

import open_clip
import pytest
import reference
import torch
from helpers import build, clips, samples
from mmengine.model import BaseModule
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import (
    CLIPTextTower,
    CLIPVisionTower,
    InsidePart,
    TokenizedTexts,
)
from vlprompt.models.towers import Carried, Layer
from vlprompt.registry import MODELS

PLACES = ('ln_1', 'attention', 'between', 'ln_2', 'mlp')
MATRICES = {'q': 32, 'k': 32, 'v': 32, 'out': 32, 'fc': 128, 'proj': 32}


class Scaled(InsidePart):
    """Doubles the tokens at one place."""

    def __init__(self, place):
        super().__init__()
        self.places = (place,)

    def place(self, name, tokens):
        return 2 * tokens


class Added(InsidePart):
    """Adds a matrix to one of the block's."""

    def __init__(self, matrix, change):
        super().__init__()
        self.matrices = (matrix,)
        self.change = change

    def delta(self, name, x):
        return x @ self.change.T


class Earlier(InsidePart):
    """Frames attend to the frame before them as well."""

    tokenwise = False
    shares = True
    mixes_frames = True

    def share(self, x):
        return torch.cat([x.roll(1, dims=1), x], dim=2)


class Counting(BaseModule):
    """Hands on how many layers there were so far."""

    inside_block = False
    carries = True

    def forward(self, tokens, layer, context=None, queries=None, carried=None):
        number = tokens.new_zeros(()) if carried is None else carried
        out = layer(tokens, context=context, queries=queries)
        return Carried(out + number, number + 1)


@pytest.fixture(autouse=True)
def registered():
    """The parts of this file, known by name."""
    parts = (Scaled, Added, Earlier, Counting)
    for part in parts:
        MODELS.register_module(module=part)
    yield
    for part in parts:
        MODELS.module_dict.pop(part.__name__)


def by_hand(x, module, place):
    """A block whose tokens are doubled at one place."""
    twice = {name: 2 if name == place else 1 for name in PLACES}
    normed = twice['ln_1'] * reference.layer_norm(x, module.ln_1)
    mixed = reference.attention(normed, module.attn, None)
    x = twice['between'] * (x + twice['attention'] * mixed)
    hidden = twice['ln_2'] * reference.layer_norm(x, module.ln_2)
    hidden = hidden @ module.mlp.c_fc.weight.T + module.mlp.c_fc.bias
    hidden = hidden * torch.sigmoid(1.702 * hidden)
    out = hidden @ module.mlp.c_proj.weight.T + module.mlp.c_proj.bias
    return x + twice['mlp'] * out


@pytest.mark.parametrize('queries', [None, slice(0, 1)])
@pytest.mark.parametrize('recompute', [False, True])
@pytest.mark.parametrize('place', PLACES)
def test_each_place(clip, place, recompute, queries):
    module = clip.visual.transformer.resblocks[1]
    tokens = torch.randn(2, 3, 7, 32).double().requires_grad_()
    layer = Layer(module, None, recompute, [Scaled(place)])
    ours = layer(tokens, queries=queries)
    theirs = by_hand(tokens, module, place)[:, :, queries or slice(None)]
    torch.testing.assert_close(ours, theirs, atol=1e-11, rtol=1e-11)
    weight = torch.randn_like(ours)
    pair = [
        torch.autograd.grad((out * weight).sum(), tokens)[0]
        for out in (ours, theirs)
    ]
    torch.testing.assert_close(*pair, atol=1e-10, rtol=1e-10)


@pytest.mark.parametrize('matrix', MATRICES)
def test_each_matrix(clip, matrix):
    module = clip.visual.transformer.resblocks[1]
    inputs = 128 if matrix == 'proj' else 32
    change = 0.1 * torch.randn(MATRICES[matrix], inputs).double()
    tokens = torch.randn(2, 3, 7, 32).double()
    ours = Layer(module, inside=[Added(matrix, change)])(tokens)
    attn, mlp = module.attn, module.mlp
    rows = {'q': slice(32), 'k': slice(32, 64), 'v': slice(64, 96)}
    weight = {
        'out': attn.out_proj.weight,
        'fc': mlp.c_fc.weight,
        'proj': mlp.c_proj.weight,
    }.get(matrix, attn.in_proj_weight[rows.get(matrix, slice(None))])
    weight.data += change
    expected = Layer(module)(tokens)
    torch.testing.assert_close(ours, expected, atol=1e-11, rtol=1e-11)
    weight.data -= change
    assert not torch.allclose(ours, Layer(module)(tokens))


def test_shared_keys_and_values(clip):
    module = clip.visual.transformer.resblocks[1]
    tokens = torch.randn(2, 3, 7, 32).double()
    context = torch.randn(2, 3, 4, 32).double()
    ours = Layer(module, inside=[Earlier()])(tokens, context=context)
    # The frame before is context too; the queries are a frame's own.
    before = torch.cat([context, tokens.roll(1, dims=1)], dim=2)
    expected = Layer(module)(tokens, context=before)
    torch.testing.assert_close(ours, expected, atol=1e-11, rtol=1e-11)


def test_parts_of_some_layers_act_one_after_the_other(clip):
    frames = torch.randn(1, 2, 3, 32, 32).double()
    parts = [
        dict(type='Scaled', place='ln_2', layers=[1]),
        dict(type='Earlier', layers=[1, 3]),
        dict(type='MessageToken'),
    ]
    tower = CLIPVisionTower(clip.visual, adapters=parts).double()
    names = [[type(p).__name__ for p in layer] for layer in tower.adapters]
    assert names == [
        ['MessageToken'],
        ['Scaled', 'Earlier', 'MessageToken'],
        ['MessageToken'],
        ['Earlier', 'MessageToken'],
    ]
    assert tower(frames).frames.shape == (1, 2, 24)
    with pytest.raises(UserError, match=r'layers=\[4\].*layers 0 to 3'):
        CLIPVisionTower(
            clip.visual, adapters=[dict(type='Earlier', layers=[4])]
        )


@pytest.mark.parametrize('with_cp', [False, True, 'mlp'])
def test_what_is_carried(clip, with_cp):
    frames = torch.randn(1, 2, 3, 32, 32).double()
    parts = [dict(type='TemporalShift'), dict(type='Counting')]
    clip.visual.requires_grad_(True)
    tower = CLIPVisionTower(clip.visual, adapters=parts, with_cp=with_cp)
    features = tower(frames)
    assert [int(x) for x in features.carried] == [1, 2, 3, 4]
    features.frames.sum().backward()
    assert clip.visual.conv1.weight.grad.abs().sum() > 0
    with pytest.raises(UserError, match='Counting.*last'):
        CLIPVisionTower(clip.visual, adapters=parts[::-1])


@pytest.mark.parametrize('mode', ['longest', 'full'])
def test_all_tokens_of_texts_are_open_clips(clip, mode):
    ids = open_clip.tokenize([f'a photo of a {name}.' for name in CLASSES])
    texts = TokenizedTexts.from_ids(ids)
    assert texts.shared > 1
    ours = CLIPTextTower(clip.text, all_tokens=mode)(texts)
    plain = CLIPTextTower(clip.text)(texts)
    x = clip.text.token_embedding(ids) + clip.text.positional_embedding
    for module in clip.text.transformer.resblocks:
        x = reference.block(x, module, clip.text.attn_mask)
    x = reference.layer_norm(x, clip.text.ln_final) @ clip.text.text_projection
    length = 77 if mode == 'full' else int(texts.ends.max()) + 1
    torch.testing.assert_close(ours, x[:, :length], atol=1e-10, rtol=1e-9)
    mask = texts.mask(length)
    assert mask.sum(dim=1).tolist() == (texts.ends + 1).tolist()
    ends = ours[torch.arange(len(ids)), texts.ends]
    torch.testing.assert_close(ends, plain, atol=1e-10, rtol=1e-9)


@pytest.mark.parametrize('place', PLACES)
def test_parts_in_a_packed_text_tower(clip, place):
    ids = open_clip.tokenize([f'a photo of a {name}.' for name in CLASSES])
    parts = [dict(type='Scaled', place=place, layers=[0, 3])]
    tower = CLIPTextTower(clip.text, adapters=parts)
    ours = tower(TokenizedTexts.from_ids(ids))
    for i in range(len(ids)):
        alone = tower(TokenizedTexts.from_ids(ids[i : i + 1]))
        torch.testing.assert_close(ours[i], alone[0], atol=1e-10, rtol=1e-9)
    plain = CLIPTextTower(clip.text)(TokenizedTexts.from_ids(ids))
    assert not torch.allclose(ours, plain)


@pytest.mark.parametrize('part', ['Earlier', 'MessageToken', 'AIMAdapter'])
def test_what_mixes_tokens_is_refused_in_a_text_tower(clip, part):
    if part == 'MessageToken':
        wanted = dict(type=part, heads=2)
    else:
        wanted = dict(type=part)
    with pytest.raises(UserError, match=f'{part} cannot stand in a text'):
        CLIPTextTower(clip.text, adapters=[wanted])


def test_frames_that_see_each_other_are_not_padded():
    tower = dict(type='CLIPVisionTower', adapters=[dict(type='Earlier')])
    model = build(backbone=tower)
    batch = samples(0, 1)
    for sample, valid in zip(batch, (4, 3), strict=True):
        sample.set_metainfo(dict(num_valid_frames=valid))
    with pytest.raises(UserError, match='3 frames was padded to 4'):
        model(clips(), batch, mode='loss')
    batch[1].set_metainfo(dict(num_valid_frames=4))
    assert model(clips(), batch, mode='loss')['loss_cls'] > 0


def test_all_tokens_reach_the_head():
    model = build(text_encoder=dict(type='CLIPTextTower', all_tokens='full'))
    features, _ = model.extract_feat(clips(), data_samples=samples(0, 1))
    assert features.text.shape == (5, 24)
    assert features.text_tokens.shape == (5, 77, 24)
    ends = features.text_mask.sum(dim=1) - 1
    picked = features.text_tokens[torch.arange(5), ends]
    assert torch.equal(features.text, picked)
