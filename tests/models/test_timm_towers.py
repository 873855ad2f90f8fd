"""Vision towers of timm against open_clip, and prompts against timm."""

import pytest
import torch
from helpers import assert_same, deep_prompts
from tiny_timm import VISION, timm_arch
from torch.nn import functional as F

from vlprompt.errors import UserError
from vlprompt.models import CLIPVisionTower, load_clip
from vlprompt.models.clip.model import make_model
from vlprompt.models.towers import Layer
from vlprompt.models.towers.trunk import trunk_of

FAMILIES = [*VISION]


def make(family, dtype=torch.float64):
    """open_clip's own vision tower with weights of a usual size."""
    torch.manual_seed(0)
    visual = load_clip(timm_arch(family)).visual.to(dtype).eval()
    for p in visual.parameters():
        p.data += 0.1 * torch.randn_like(p)
    return visual


def frames(dtype=torch.float64):
    torch.manual_seed(1)
    return torch.randn(2, 3, 3, 32, 32, dtype=dtype)


def naive(visual, clips, prompts):
    """timm's own blocks over tokens and prompts, in a loop over layers."""
    trunk = visual.trunk
    patches = trunk.patch_embed(clips.flatten(0, 1))
    tokens = trunk._pos_embed(patches)
    rope = None
    if isinstance(tokens, tuple):
        tokens, rope = tokens
    own = tokens.size(1)
    if prompts[0] is not None:
        tokens = with_prompts(tokens, prompts[0])
    tokens = trunk.norm_pre(tokens)
    for i, block in enumerate(trunk.blocks):
        if i > 0 and prompts[i] is not None:
            tokens = with_prompts(tokens[:, :own], prompts[i])
        if rope is None:
            tokens = block(tokens)
        else:
            more = tokens.size(1) - own
            # a turn by no angle: sines 0, cosines 1
            sine, cosine = rope.chunk(2, dim=-1)
            sine = F.pad(sine, (0, 0, 0, more))
            cosine = F.pad(cosine, (0, 0, 0, more), value=1.0)
            tokens = block(tokens, rope=torch.cat([sine, cosine], -1))
    pooled = trunk.forward_head(trunk.norm(tokens[:, :own]))
    return visual.head(pooled).unflatten(0, clips.shape[:2])


def with_prompts(tokens, prompt):
    return torch.cat([tokens, prompt.expand(len(tokens), -1, -1)], dim=1)


@pytest.mark.parametrize('family', FAMILIES)
@pytest.mark.parametrize(
    ('dtype', 'tolerance'), [(torch.float32, 1e-5), (torch.float64, 1e-12)]
)
def test_features_equal_open_clip(family, dtype, tolerance):
    visual = make(family, dtype)
    clips = frames(dtype)
    expected = visual(clips.flatten(0, 1))
    assert expected.std() > 0.1
    out = CLIPVisionTower(visual)(clips)
    ours = out.frames.flatten(0, 1)
    torch.testing.assert_close(ours, expected, atol=tolerance, rtol=tolerance)
    # all tokens, unless frames are made of the class token alone
    places = 1 if family in ('MobileCLIP2-L', 'EVA01') else 16
    with_class = family in ('PE-Core', 'half-turned')
    assert out.tokens.size(2) - places == with_class


@pytest.mark.parametrize('family', FAMILIES)
@pytest.mark.parametrize('with_cp', [False, True, 'mlp'])
def test_gradients_of_all_weights_equal_open_clip(family, with_cp):
    visual, clips = make(family), frames()
    tower = CLIPVisionTower(visual, with_cp=with_cp)
    grads = []
    for encode in (
        lambda: visual(clips.flatten(0, 1)),
        lambda: tower(clips).frames.flatten(0, 1),
    ):
        visual.zero_grad()
        torch.manual_seed(2)
        out = encode()
        (out * torch.randn_like(out)).sum().backward()
        grads.append({n: p.grad for n, p in visual.named_parameters()})
    for name, grad in grads[0].items():
        torch.testing.assert_close(
            grads[1][name], grad, atol=1e-9, rtol=1e-8, msg=name
        )
    assert sum(grad.abs().sum() > 1e-6 for grad in grads[0].values()) > 40


@pytest.mark.parametrize('family', FAMILIES)
@pytest.mark.parametrize('depth', [1, 2, 4])
def test_deep_prompts_equal_timms_blocks_over_all_tokens(family, depth):
    """Prompts of all layers are context, those of some go on as tokens."""
    visual, clips = make(family), frames()
    prompts = deep_prompts(depth, 4, 5, 32)
    ours = CLIPVisionTower(visual)(clips, prompts).frames
    assert_same(ours, naive(visual, clips, prompts), prompts)
    assert not torch.allclose(ours, CLIPVisionTower(visual)(clips).frames)


@pytest.mark.parametrize('family', ['PE-Core', 'PE-Core-bigG', 'half-turned'])
@pytest.mark.parametrize('more', [0, 3])
def test_some_queries_are_turned_by_their_places(family, more):
    """With and without prompts after the patches."""
    trunk = trunk_of(make(family))
    layer = Layer(trunk.blocks[1], rotation=trunk.rotation)
    length = 16 + trunk.has_class_token + more
    tokens = torch.randn(2, 1, length, 32).double()
    every = layer(tokens)
    some = layer(tokens, queries=slice(1, 5))
    torch.testing.assert_close(some, every[:, :, 1:5], atol=1e-12, rtol=0)
    places = torch.tensor([[0, 7, length - 1], [3, 2, 9]])
    some = layer(tokens, queries=places)[:, 0]
    for row, at, out in zip(every[:, 0], places, some, strict=True):
        torch.testing.assert_close(out, row[at], atol=1e-12, rtol=0)


@pytest.mark.parametrize('family', FAMILIES)
def test_all_tokens_of_the_last_layer(family):
    visual, clips = make(family), frames()
    expected = visual.trunk.forward_features(clips.flatten(0, 1))
    out = CLIPVisionTower(visual, patch_tokens=True)(clips)
    normed = visual.trunk.norm(out.tokens).flatten(0, 1)
    torch.testing.assert_close(normed, expected, atol=1e-12, rtol=1e-12)


@pytest.mark.parametrize('family', FAMILIES)
def test_frames_before_the_projection(family):
    visual, clips = make(family), frames()
    tower = CLIPVisionTower(visual, project=False)
    ours = tower(clips).frames
    assert ours.size(-1) == tower.out_dim == 32
    tokens = visual.trunk.forward_features(clips.flatten(0, 1))
    expected = visual.trunk.forward_head(tokens, pre_logits=True)
    torch.testing.assert_close(
        ours.flatten(0, 1), expected, atol=1e-12, rtol=1e-12
    )
    assert CLIPVisionTower(visual).out_dim == timm_arch(family)['embed_dim']


@pytest.mark.parametrize(
    ('vision', 'message'),
    [
        (
            dict(timm_model_name='resnet18', timm_pool='avg'),
            "vision tower is timm's ResNet",
        ),
        (dict(timm_model_name='resnet18'), 'open_clip cannot build .* map'),
        (dict(timm_model_name='vit_tiniest'), 'cannot build .*Unknown model'),
        (dict(timm_pol='map'), 'cannot build .*keyword argument'),
        (
            dict(timm_model_name='eva02_tiny_patch14_224'),
            'its MLPs are GluMlp',
        ),
        (
            dict(timm_model_name='vit_medium_patch16_gap_256'),
            'attention has no biases',
        ),
        (dict(image_size=64), r'images are of \(32, 32\) pixels, not of'),
        (dict(patch_dropout=0.5), 'takes patches away'),
    ],
)
def test_what_is_computed_otherwise_is_refused(vision, message):
    arch = timm_arch('SigLIP')
    arch['vision_cfg'].update(vision)
    with pytest.raises(UserError, match=message), torch.device('meta'):
        make_model(arch)
