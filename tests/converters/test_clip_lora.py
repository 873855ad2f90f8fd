"""CLIP-LoRA: factors alone, and models that hold their changes twice."""

import copy

import published
import pytest
import torch
from published_lora import clip_lora, clip_lora_model

from vlprompt import converters
from vlprompt.errors import UserError


def convert(release, base=None):
    return converters.convert('clip-lora', release.content, base)


def differences(one, other):
    """The largest difference of two CLIPs."""
    assert one.keys() == other.keys()
    return max(float((one[n] - other[n]).abs().max()) for n in one)


@pytest.mark.parametrize('known', [False, True])
def test_changes_are_taken_off_weights_that_hold_them(known):
    """As in a state dict that was saved in evaluation."""
    base = published.base_clip() if known else None
    merged, plain = (
        convert(clip_lora_model(merged), base) for merged in (True, False)
    )
    assert differences(merged.clip, plain.clip) < 1e-7
    assert all(torch.equal(merged.parts[n], t) for n, t in plain.parts.items())
    assert differences(plain.clip, published.base_clip()) == 0


def test_a_model_of_another_clip_is_refused():
    with pytest.raises(UserError, match='not trained on the CLIP given'):
        convert(clip_lora_model(), published.base_clip(seed=51))


def test_factors_need_the_clip():
    with pytest.raises(UserError, match='factors alone.*--clip'):
        convert(clip_lora())


def test_layers_of_half_a_tower():
    release = clip_lora(encoder='vision')
    content = copy.deepcopy(release.content)
    del content['weights']['layer_2']
    base = published.base_clip()
    with pytest.raises(UserError, match="2 adapted layers; position='all'"):
        converters.convert('clip-lora', content, base)
    content['metadata']['position'] = 'somewhere'
    with pytest.raises(UserError, match="position 'somewhere'"):
        converters.convert('clip-lora', content, base)


def test_numbers_of_layers_mean_what_the_project_says():
    """Of 12 and 24 layers; its "all" of 24 ends three layers early."""
    base = published.base_clip()
    block = {
        name.removeprefix('transformer.resblocks.0.'): tensor
        for name, tensor in base.items()
        if name.startswith('transformer.resblocks.0.')
    }
    for tower, depth in (('', 12), ('visual.', 24)):
        for i in range(depth):
            front = f'{tower}transformer.resblocks.{i}.'
            base |= published.under(front, block)
    make = published.Maker(3)
    for position, text, vision in (
        ('all', [*range(12)], [*range(21)]),
        ('half-up', [*range(6, 12)], [*range(6, 12)]),
        ('top3', [9, 10, 11], [9, 10, 11]),
    ):
        layers = {
            f'layer_{i}': dict(
                v_proj=dict(w_lora_A=make(3, 64), w_lora_B=make(64, 3))
            )
            for i in range(len(text) + len(vision))
        }
        content = dict(
            weights=layers, metadata=dict(position=position, alpha=2)
        )
        made = converters.convert('clip-lora', content, base)
        (in_text,) = made.model['text_encoder']['adapters']
        (in_vision,) = made.model['backbone']['adapters']
        assert in_text.get('layers', [*range(12)]) == text
        assert in_vision['layers'] == vision
        assert in_text['scale'] == pytest.approx(2 / 3**0.5)
        first = made.parts[f'backbone.adapters.{vision[0]}.0.up.v']
        expected = layers[f'layer_{len(text)}']['v_proj']['w_lora_B']
        assert torch.equal(first, expected)


def test_factors_of_several_ranks_are_refused():
    content = copy.deepcopy(clip_lora().content)
    factors = content['weights']['layer_1']['k_proj']
    factors['w_lora_A'] = torch.ones(5, 64)
    with pytest.raises(UserError, match=r'ranks \[2, 5\]'):
        converters.convert('clip-lora', content, published.base_clip())


def test_layers_with_other_matrices_are_refused():
    content = copy.deepcopy(clip_lora().content)
    del content['weights']['layer_1']['k_proj']
    with pytest.raises(UserError, match='text tower.*different matrices'):
        converters.convert('clip-lora', content, published.base_clip())


def test_a_factor_without_the_other_is_named():
    content = copy.deepcopy(clip_lora().content)
    del content['weights']['layer_1']['k_proj']['w_lora_B']
    with pytest.raises(UserError, match=r'no layer_1\.k_proj\.w_lora_B'):
        converters.convert('clip-lora', content, published.base_clip())


def test_a_clip_without_factors_is_refused():
    with pytest.raises(UserError, match='no factors of LoRA'):
        converters.convert('clip-lora', published.base_clip())
