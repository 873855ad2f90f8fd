"""Attention maps and costs of towers whose frames share keys and values."""

import pytest
import torch
from examples import BASE, FRAMES, GRID, LAYERS, clip_of

from vlprompt.analysis.attention import relevance
from vlprompt.analysis.attention_weights import record_attention
from vlprompt.analysis.complexity import count_macs
from vlprompt.errors import UserError
from vlprompt.registry import MODELS

OWN = 1 + GRID * GRID


def build(*adapters):
    torch.manual_seed(0)
    backbone = dict(type='CLIPVisionTower', adapters=adapters)
    model = MODELS.build({**BASE, 'backbone': backbone})
    model.set_classes(('archery', 'riding a bike', 'tai chi'))
    return model.eval()


@pytest.mark.parametrize(
    ('adapter', 'keys'), [('NeighborKV', 3 * OWN), ('HeadShift', OWN)]
)
def test_maps_of_shared_frames(adapter, keys):
    """The weights are over all keys, the maps are of a frame's own."""
    model, inputs = build(dict(type=adapter)), clip_of()
    with torch.no_grad():
        expected, _ = model.extract_feat(inputs)
    features, attention = record_attention(model, inputs)
    torch.testing.assert_close(
        features.video, expected.video, atol=1e-5, rtol=1e-5
    )
    for layer in attention:
        assert layer.weights.shape == (FRAMES, 2, OWN, keys)
        rows = layer.weights.sum(dim=-1)
        torch.testing.assert_close(rows, torch.ones_like(rows))
    maps = relevance(model, inputs, 1, 'all')
    assert maps.shape == (FRAMES, GRID, GRID) and maps.max() > 0


def test_joint_frames_have_no_maps_of_a_frame():
    model = build(dict(type='JointFrames', layers=[1]))
    with pytest.raises(UserError, match='3 attention maps of 4 layers.*join'):
        relevance(model, clip_of(), 1)


@pytest.mark.parametrize(
    ('adapter', 'times'), [('NeighborKV', 3), ('JointFrames', FRAMES)]
)
def test_scores_cost_as_many_times_as_there_are_keys(adapter, times):
    """Of these layers; the last one has a single query."""
    width, shape = 32, (1, 1, 3, FRAMES, 8 * GRID, 8 * GRID)
    plain, shared = (
        count_macs(build(*adapters), shape).computed
        for adapters in ((), (dict(type=adapter),))
    )
    queries = FRAMES * (OWN * (LAYERS - 1) + 1)
    added = (times - 1) * 2 * queries * OWN * width
    assert shared - plain == added
