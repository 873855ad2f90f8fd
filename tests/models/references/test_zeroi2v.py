"""ZeroI2V by its formulas, and its adapters folded into the block."""

import copy

import pytest
import torch
from reference_models import (
    LAYERS,
    WIDTH,
    build,
    by_frame,
    clips,
    compare,
    cross_entropy,
    encode_frames,
    learned_tensors,
    linear,
)
from shared_frames import class_tokens, shifted
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import CLIPVisionTower
from vlprompt.models.towers.merging import merge_into

LABELS = (1, 3)
PLACES = ('ln_1', 'attention', 'ln_2', 'mlp')
KINETICS = dict(type='HeadShift')
SOMETHING = dict(type='HeadShift', offsets=(-1, 1, -2, 2))


def build_zeroi2v(shift=KINETICS, frames=3, noise=0.05, **adapter):
    adapter = dict(type='LinearAdapter', **{'dropout': 0.0, **adapter})
    return build(
        noise=noise,
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[shift, adapter],
            embeddings=[dict(type='TimeEmbedding', num_frames=frames)],
            project=False,
        ),
        texts=None,
        cls_head=dict(
            type='LinearHead', num_classes=len(CLASSES), dropout=0.0
        ),
        trainable=[
            'backbone.adapters.*',
            'backbone.embeddings.*',
            'backbone.visual.ln_post.*',
            'cls_head.*',
        ],
    )


def adapted(adapter, scale):
    """What the adapter of a layer does at a place."""

    def at(name, x):
        if name not in adapter.maps:
            return x
        first, second = adapter.maps[name].fc1, adapter.maps[name].fc2
        return x + scale * linear(linear(x, first), second)

    return at


def zeroi2v_video(model, inputs, choose, scale):
    """(B, D) means of the frames after ``ln_post``, not projected."""
    backbone = model.backbone
    ats = [adapted(layer[1], scale) for layer in backbone.adapters]
    times = backbone.embeddings[0].vectors
    videos = []
    for clip in by_frame(inputs):
        frames = class_tokens(
            backbone.visual, clip, [choose] * LAYERS, ats, times
        )
        videos.append(sum(frames) / len(frames))
    return torch.stack(videos)


def check_zeroi2v(model, inputs, choose, scale):
    video = zeroi2v_video(model, inputs, choose, scale)
    logits = linear(video, model.cls_head.fc_cls)
    loss = cross_entropy(logits, LABELS)
    compare(model, inputs, LABELS, video=video, logits=logits, loss=loss)


@pytest.mark.parametrize('frames', [1, 2, 3, 5])
def test_zeroi2v_equals_the_formulas(float64, frames):
    """As on Kinetics: of both heads of this CLIP one goes either way."""
    model = build_zeroi2v(frames=frames)
    assert len(learned_tensors(model)) == 4 * 4 * LAYERS + 1 + 2 + 2
    choose = shifted((-1, 1), WIDTH // 2)
    check_zeroi2v(model, clips(frames=frames), choose, scale=0.5)


@pytest.mark.parametrize('frames', [1, 2, 3, 5])
def test_longer_shifts_equal_the_formulas(float64, frames):
    """As on Something-Something, but of half a head each."""
    model = build_zeroi2v(SOMETHING, frames, scale=1.0)
    choose = shifted((-1, 1, -2, 2), WIDTH // 4)
    check_zeroi2v(model, clips(frames=frames), choose, scale=1.0)


def test_some_channels_may_stay(float64):
    model = build_zeroi2v(dict(type='HeadShift', shift_div=8))
    check_zeroi2v(model, clips(), shifted((-1, 1), WIDTH // 8), scale=0.5)


def test_zeroi2v_equals_the_formulas_for_permuted_frames(float64):
    inputs = clips(frames=4)[:, :, :, [2, 0, 3, 1]]
    choose = shifted((-1, 1), WIDTH // 2)
    check_zeroi2v(build_zeroi2v(frames=4), inputs, choose, scale=0.5)


def test_fewer_adapters_equal_the_formulas(float64):
    model = build_zeroi2v(places=PLACES[:3], ratio=0.5)
    assert len(learned_tensors(model)) == 3 * 4 * LAYERS + 1 + 2 + 2
    check_zeroi2v(model, clips(), shifted((-1, 1), WIDTH // 2), scale=0.5)


def test_zeroi2v_equals_the_formulas_in_float32():
    choose = shifted((-1, 1), WIDTH // 2)
    check_zeroi2v(build_zeroi2v(), clips(), choose, scale=0.5)


def test_zeroi2v_of_one_frame_begins_as_clip(float64):
    model = build_zeroi2v(frames=1, noise=0.0)
    inputs = clips(frames=1)
    frames = model.backbone(by_frame(inputs)).frames
    projected = frames @ model.backbone.visual.proj
    expected = encode_frames(model, inputs)
    torch.testing.assert_close(projected, expected, atol=1e-12, rtol=0)


def test_it_tells_the_direction_of_time(float64):
    model = build_zeroi2v(frames=4)
    model.backbone.embeddings[0].vectors.data.zero_()
    clip = by_frame(clips(frames=4))
    with torch.no_grad():
        there = model.backbone(clip).frames.mean(1)
        back = model.backbone(clip.flip(1)).frames.mean(1)
    assert (there - back).abs().max() > 1e-4


@pytest.mark.parametrize(
    ('offsets', 'shift_div'), [((-1, 1, 2), 2), ((), None), ((-1,), 64)]
)
def test_slices_that_do_not_fit_are_refused(offsets, shift_div):
    shift = dict(type='HeadShift', offsets=offsets, shift_div=shift_div)
    with pytest.raises(UserError, match='HeadShift: .* the tower has 32'):
        build_zeroi2v(shift)


@pytest.mark.parametrize('places', [('ln_1', 'between'), ()])
def test_places_without_a_matrix_are_refused(places):
    with pytest.raises(UserError, match="expected some of \\['ln_1', "):
        build_zeroi2v(places=places)


@pytest.mark.parametrize('places', [PLACES, *((place,) for place in PLACES)])
@pytest.mark.parametrize('scale', [0.5, 1.0])
def test_merged_blocks_compute_what_the_adapters_did(places, scale):
    """In float32 and evaluation, whatever dropout there was."""
    model = build_zeroi2v(places=places, scale=scale, dropout=0.1).eval()
    clip = by_frame(clips())
    merged = copy.deepcopy(model.backbone.visual)
    blocks = merged.transformer.resblocks
    for block, (_, adapter) in zip(
        blocks, model.backbone.adapters, strict=True
    ):
        merge_into(block, [adapter])
    tower = CLIPVisionTower(merged, adapters=[KINETICS], project=False)
    tower.embeddings.append(model.backbone.embeddings[0])
    with torch.no_grad():
        ours, theirs = tower(clip).frames, model.backbone(clip).frames
    torch.testing.assert_close(ours, theirs, atol=1e-6, rtol=1e-6)


def test_an_adapter_that_has_learnt_nothing_merges_to_nothing(float64):
    model = build_zeroi2v(noise=0.0)
    for block, (_, adapter) in zip(
        model.backbone.visual.transformer.resblocks,
        model.backbone.adapters,
        strict=True,
    ):
        before = copy.deepcopy(block.state_dict())
        merge_into(block, [adapter])
        for name, tensor in block.state_dict().items():
            assert torch.equal(tensor, before[name]), name
