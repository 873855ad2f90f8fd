"""Weights of another image size, text length or shape."""

from types import SimpleNamespace

import pytest
import torch
from mmengine.config import Config
from open_clip.model import resize_pos_embed
from safetensors.torch import load_file, save_file
from tiny import TINY

from vlprompt.apis import init_recognizer
from vlprompt.cli.convert import main as convert
from vlprompt.errors import UserError
from vlprompt.models import load_clip

POSITIONS = 'visual.positional_embedding'


def arch(size=32, **text):
    """The tiny CLIP for images of another size."""
    vision = {**TINY['vision_cfg'], 'image_size': size, 'layers': 1}
    text = {**TINY['text_cfg'], 'layers': 1, **text}
    return {**TINY, 'vision_cfg': vision, 'text_cfg': text}


def weights_of(clip):
    """All of a CLIP's weights, under OpenAI's names."""
    found = {f'visual.{k}': v for k, v in clip.visual.state_dict().items()}
    found |= clip.text.state_dict()
    found['logit_scale'] = torch.tensor(clip.logit_scale)
    return {name: v.detach().clone() for name, v in found.items()}


@pytest.fixture
def weights(tmp_path, monkeypatch):
    """Of a CLIP of 4 x 4 patches, in clip.safetensors."""
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    weights = weights_of(load_clip(arch()))
    save_file(weights, 'clip.safetensors')
    return weights


def resized(positions, grid, **how):
    """What open_clip makes of positions."""
    state = {POSITIONS: positions}
    visual = SimpleNamespace(grid_size=grid)
    resize_pos_embed(state, SimpleNamespace(visual=visual), **how)
    return state[POSITIONS]


@pytest.mark.parametrize(
    ('size', 'grid'),
    [(48, (6, 6)), (16, (2, 2)), ((48, 32), (6, 4)), ((16, 48), (2, 6))],
)
def test_positions_are_resized_as_open_clip_does(weights, size, grid):
    with pytest.raises(UserError) as error:
        load_clip(arch(size), 'clip.safetensors')
    message = f'of 4 x 4 patches, this model has {grid[0]} x {grid[1]}'
    assert message in str(error.value)
    assert "resize_positions='bicubic'" in str(error.value)
    for how in ('bicubic', 'bilinear'):
        clip = load_clip(arch(size), 'clip.safetensors', resize_positions=how)
        expected = resized(weights[POSITIONS], grid, interpolation=how)
        assert torch.equal(clip.visual.positional_embedding, expected)


def test_without_need_nothing_is_resized(weights):
    clip = load_clip(arch(), 'clip.safetensors', resize_positions='bicubic')
    assert torch.equal(clip.visual.positional_embedding, weights[POSITIONS])
    with pytest.raises(UserError, match="'nearest', expected one of"):
        load_clip(arch(), 'clip.safetensors', resize_positions='nearest')


def test_images_that_were_not_square(weights):
    save_file(weights_of(load_clip(arch((48, 32)))), 'wide.safetensors')
    with pytest.raises(UserError, match='24 patches, which are no square'):
        load_clip(arch(), 'wide.safetensors', resize_positions='bicubic')
    load_clip(arch((48, 32)), 'wide.safetensors')
    with pytest.raises(UserError, match='24 patches, which are no square'):
        convert(['vifi', as_vifi('wide.safetensors'), 'a.pth'])


def as_vifi(file):
    """The same weights as ViFi-CLIP names them."""
    names = {}
    for name, tensor in load_file(file).items():
        if name.startswith('visual.'):
            name = name.replace('visual.', 'image_encoder.')
        elif not name.startswith(('logit', 'token')):
            name = f'text_encoder.{name}'
        names[name] = tensor
    torch.save(dict(model=names), 'vifi.pth')
    return 'vifi.pth'


@pytest.mark.parametrize('length', [32, 100])
def test_text_of_another_length(weights, length):
    with pytest.raises(UserError) as error:
        load_clip(arch(context_length=length), 'clip.safetensors')
    assert f'77 tokens, the given arch one of {length}' in str(error.value)


def test_shapes_of_another_clip(weights):
    wider = arch()
    wider['vision_cfg']['width'] = 48
    with pytest.raises(UserError) as error:
        load_clip(wider, 'clip.safetensors')
    line = str(error.value)
    assert 'visual.class_embedding (32,), expected (48,)' in line
    assert 'looks like a CLIP of width 32, patches of 8 and images of' in line


@pytest.mark.parametrize(
    ('given', 'name'), [('ViT-B-32', 'ViT-B-32'), ('ViT-L-14', 'ViT-L-14')]
)
def test_the_name_of_what_was_given_is_said(given, name):
    """Without values, as whole CLIPs are large."""
    import open_clip

    from vlprompt.models.clip.matching import match

    with torch.device('meta'):
        there = open_clip.CustomTextCLIP(**open_clip.get_model_config(given))
        model = open_clip.CustomTextCLIP(
            **open_clip.get_model_config('ViT-B-16')
        )
    with pytest.raises(UserError) as error:
        match(model, there.state_dict(), 'ViT-B-16', 'clip.pt')
    assert str(error.value).endswith(f'it looks like {name}')


def config_of(size, trainable, **clip):
    return Config(
        dict(
            default_scope='vlprompt',
            model=dict(
                type='VideoTextRecognizer',
                clip=dict(arch=arch(size), **clip),
                backbone=dict(type='CLIPVisionTower'),
                texts=dict(type='ClassTexts', template='a {}.'),
                cls_head=dict(type='SimilarityHead'),
                trainable=trainable,
            ),
        )
    )


@pytest.mark.parametrize('learned', ['backbone.*', '*.ln_post.*'])
def test_a_checkpoint_of_another_image_size(weights, learned):
    """Its positions are learnt, or those of the CLIP it was trained on."""
    config = config_of(32, [learned], pretrained='clip.safetensors')
    model = init_recognizer(config, 'none', 'cpu')
    for p in model.parameters():
        if p.requires_grad:
            p.data += 0.5
    torch.save(dict(state_dict=model.state_dict()), 'ours.pth')
    name = f'backbone.{POSITIONS}'
    positions = dict(model.named_parameters())[name].detach()
    config = config_of(
        48,
        [learned],
        pretrained='clip.safetensors',
        resize_positions='bicubic',
    )
    larger = init_recognizer(config, 'ours.pth', 'cpu')
    expected = resized(positions, (6, 6))
    assert torch.equal(dict(larger.named_parameters())[name], expected)
    second = config_of(
        48,
        ['cls_head.*'],
        pretrained='clip.safetensors',
        finetuned='ours.pth',
        resize_positions='bicubic',
    )
    larger = init_recognizer(second, 'none', 'cpu')
    assert torch.equal(dict(larger.named_parameters())[name], expected)
    save_file(
        weights | {POSITIONS: resized(weights[POSITIONS], (6, 6))},
        'large.safetensors',
    )
    plain = config_of(48, [learned], pretrained='large.safetensors')
    expected = 'of 4 x 4 patches, this model has 6 x 6'
    if learned != 'backbone.*':
        expected = 'trained on another CLIP'
    with pytest.raises(UserError, match=expected):
        init_recognizer(plain, 'ours.pth', 'cpu')


@pytest.mark.parametrize(
    ('part', 'name'),
    [
        (
            lambda n: dict(
                pooler=dict(
                    type='TransformerPooler', num_layers=1, num_positions=n
                )
            ),
            'pooler.positions',
        ),
        (
            lambda n: dict(
                backbone=dict(
                    type='CLIPVisionTower',
                    embeddings=[
                        dict(type='TimeEmbedding', num_frames=n, std=0.1)
                    ],
                )
            ),
            'backbone.embeddings.0.vectors',
        ),
        (
            lambda n: dict(
                backbone=dict(
                    type='CLIPVisionTower',
                    adapters=[dict(type='VitaTokens', num_frames=n)],
                )
            ),
            'local_prompts',
        ),
    ],
)
def test_frames_of_another_number(weights, part, name):
    def config(frames):
        found = config_of(32, [], pretrained='clip.safetensors')
        found.model.update(part(frames))
        return found

    model = init_recognizer(config(8), 'none', 'cpu')
    torch.save(dict(state_dict=model.state_dict()), 'ours.pth')
    with pytest.raises(UserError) as error:
        init_recognizer(config(16), 'ours.pth', 'cpu')
    line = str(error.value)
    assert name in line
    assert 'trained with 8 frames, this model is built for 16' in line


def test_a_checkpoint_of_another_program(weights):
    torch.save(dict(model={'a.b': torch.ones(1)}), 'a.pth')
    config = config_of(32, ['backbone.*'], pretrained='clip.safetensors')
    with pytest.raises(UserError, match='`vlprompt convert`'):
        init_recognizer(config, 'a.pth', 'cpu')
