"""What the converter of BDC-CLIP reads off a checkpoint."""

import published
import published_bdc
import pytest

from vlprompt import converters


def convert(depth=3, head=True):
    """A conversion of a tower of so many layers, with or without a head."""
    state = dict(published_bdc.bdc().state)
    block = 'image_encoder.transformer.resblocks.'
    for i in range(3, depth):
        for name in [n for n in state if n.startswith(f'{block}0.')]:
            new = name.replace(f'{block}0.', f'{block}{i}.', 1)
            state[new] = state[name].clone()
    if not head:
        for name in [n for n in state if n.startswith('vision_bdc_head')]:
            del state[name]
    return converters.convert('bdc', state, published.base_clip())


@pytest.mark.parametrize(
    ('depth', 'layers'),
    [(4, [3]), (8, [3, 7]), (12, [3, 7, 11]), (24, [3, 7, 11])],
)
def test_frames_are_joint_in_the_published_layers(depth, layers):
    (adapter,) = convert(depth).model['backbone']['adapters']
    assert adapter == dict(type='JointFrames', layers=layers)


def test_small_towers_have_no_joint_layer():
    assert convert(3).model['backbone']['adapters'] == []


def test_a_file_without_a_linear_head_has_two_heads():
    head = convert(head=False).model['cls_head']
    assert list(head['members']) == ['bdc']
    assert all('linear' not in entry for entry in head['weights'])
