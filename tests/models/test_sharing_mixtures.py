"""Parts that share frames beside every other kind of part."""

import pytest
import torch
from helpers import build, clips, samples

from vlprompt.errors import UserError
from vlprompt.models import CLIPVisionTower

SHARING = {
    'NeighborKV': dict(type='NeighborKV'),
    'HeadShift': dict(type='HeadShift'),
    'JointFrames': dict(type='JointFrames', layers=[1, 3]),
}
# What changes nothing at its start, so that the others alone are seen.
IDENTITIES = {
    'LinearAdapter': dict(type='LinearAdapter', dropout=0.0),
    'AIMAdapter': dict(type='AIMAdapter', drop_path=0.0),
}


def tower_of(clip, *adapters):
    torch.manual_seed(0)
    return CLIPVisionTower(clip.visual, adapters=adapters).double().eval()


@pytest.mark.parametrize('name', IDENTITIES)
@pytest.mark.parametrize('sharing', ['NeighborKV', 'HeadShift'])
def test_adapters_that_have_learnt_nothing_change_nothing(clip, sharing, name):
    """AIM attends over time as well, where nothing is shared."""
    frames = torch.randn(2, 3, 3, 32, 32).double()
    both = (SHARING[sharing], IDENTITIES[name])
    expected = tower_of(clip, SHARING[sharing])(frames).frames
    for adapters in (both, both[::-1]):
        ours = tower_of(clip, *adapters)(frames).frames
        torch.testing.assert_close(ours, expected, atol=1e-10, rtol=1e-9)


@pytest.mark.parametrize('sharing', SHARING)
@pytest.mark.parametrize(
    'other',
    [
        dict(type='MessageToken'),
        dict(type='VitaTokens', num_frames=3),
        dict(type='TemporalShift'),
    ],
    ids=lambda other: other['type'],
)
def test_they_stand_with_other_adapters(clip, sharing, other):
    """Recomputed layers too; neither of the two is without effect."""
    frames = torch.randn(2, 3, 3, 32, 32).double()
    clip.visual.requires_grad_(True)
    outs, grads = {}, {}
    for name, adapters in {
        'both': (other, SHARING[sharing]),
        'recomputed': (other, SHARING[sharing]),
        'other': (other,),
        'sharing': (SHARING[sharing],),
    }.items():
        tower = tower_of(clip, *adapters)
        tower.with_cp = name == 'recomputed'
        outs[name] = tower(frames).frames
        (grads[name],) = torch.autograd.grad(
            outs[name].square().sum(), clip.visual.conv1.weight
        )
    for values in (outs, grads):
        torch.testing.assert_close(values['both'], values['recomputed'])
        for name in ('other', 'sharing'):
            assert not torch.allclose(values['both'], values[name])


@pytest.mark.parametrize('sharing', SHARING)
def test_clips_with_padding_are_refused(sharing):
    backbone = dict(type='CLIPVisionTower', adapters=[SHARING[sharing]])
    model = build(backbone=backbone)
    batch = samples(0, 1)
    for sample, valid in zip(batch, (4, 3), strict=True):
        sample.set_metainfo(dict(num_valid_frames=valid))
    with pytest.raises(UserError, match='3 frames was padded to 4'):
        model(clips(), batch, mode='loss')


def test_adapters_of_single_tokens_take_padding():
    backbone = dict(
        type='CLIPVisionTower', adapters=[IDENTITIES['LinearAdapter']]
    )
    model = build(backbone=backbone)
    batch = samples(0, 1)
    for sample, valid in zip(batch, (4, 3), strict=True):
        sample.set_metainfo(dict(num_valid_frames=valid))
    assert model(clips(), batch, mode='loss')['loss_cls'].isfinite()


def test_linear_adapters_stand_in_a_text_tower():
    """They look at one token, so that texts are packed as ever."""
    adapter = dict(IDENTITIES['LinearAdapter'])
    model = build(text_encoder=dict(type='CLIPTextTower', adapters=[adapter]))
    assert model(clips(), samples(0, 1), mode='loss')['loss_cls'].isfinite()
    for name in ('NeighborKV', 'JointFrames'):
        adapter = dict(SHARING[name])
        with pytest.raises(UserError, match=f'{name} cannot stand in a text'):
            build(text_encoder=dict(type='CLIPTextTower', adapters=[adapter]))


@pytest.mark.parametrize('sharing', SHARING)
def test_a_tower_that_shares_is_told_from_one_that_does_not(clip, sharing):
    """What is computed of single frames must not be kept for clips."""
    assert tower_of(clip, SHARING[sharing]).mixes_frames
    assert not tower_of(clip, IDENTITIES['LinearAdapter']).mixes_frames
