"""Open-VCLIP by its formulas, and what sharing frames can and cannot tell."""

import pytest
import torch
from reference_models import (
    LAYERS,
    build,
    by_frame,
    clips,
    compare,
    cross_entropy,
    encode_frames,
    encode_sentences,
    learned_tensors,
    unit,
)
from shared_frames import class_tokens, neighbors
from tiny import CLASSES

LABELS = (1, 3)
BEGINNINGS = (
    'a photo of',
    'a video of',
    'a example of',
    'a demonstration of',
)
ENDS = (
    ' {}.',
    ' a person {}.',
    ' a person using {}.',
    ' a person doing {}.',
    ' a person during {}.',
    ' a person performing {}.',
    ' a person practicing {}.',
)


def build_openvclip():
    return build(
        backbone=dict(
            type='CLIPVisionTower', adapters=[dict(type='NeighborKV')]
        ),
        texts=dict(type='ClassTexts', template='openvclip28'),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(type='SimilarityHead', fusion='decision'),
        trainable=['backbone.visual.*', 'cls_head.logit_scale'],
    )


def frame_features(model, inputs):
    """(B, T, E) frames of the first views."""
    visual = model.backbone.visual
    frames = [
        class_tokens(visual, clip, [neighbors] * LAYERS) @ visual.proj
        for clip in by_frame(inputs)
    ]
    return torch.stack(frames)


def text_features(model):
    """(C, E) means of the unit features of the templates."""
    features = []
    for begin in BEGINNINGS:
        for end in ENDS:
            lines = [(begin + end).format(name) for name in CLASSES]
            features.append(unit(encode_sentences(model, lines)))
    return (sum(features) / len(features)).detach()


def logits_of(model, frames, text):
    """Mean of the logits of the frames."""
    scale = model.cls_head.logit_scale.exp()
    clips = []
    for video in frames:
        logits = [scale * unit(text) @ unit(frame) for frame in video]
        clips.append(sum(logits) / len(logits))
    return torch.stack(clips)


def check_openvclip(model, inputs):
    frames, text = frame_features(model, inputs), text_features(model)
    logits = logits_of(model, frames, text)
    loss = cross_entropy(logits, LABELS)
    compare(
        model,
        inputs,
        LABELS,
        video=frames,
        text=text,
        logits=logits,
        loss=loss,
    )


@pytest.mark.parametrize('frames', [1, 2, 3, 5])
def test_openvclip_equals_the_formulas(float64, frames):
    model = build_openvclip()
    assert len(learned_tensors(model)) == 8 + 12 * LAYERS + 1
    check_openvclip(model, clips(frames=frames))


def test_openvclip_equals_the_formulas_for_permuted_frames(float64):
    inputs = clips(frames=4)[:, :, :, [2, 0, 3, 1]]
    check_openvclip(build_openvclip(), inputs)


def test_openvclip_equals_the_formulas_in_float32():
    check_openvclip(build_openvclip(), clips())


def test_it_has_no_parameters(float64):
    names = dict(build_openvclip().named_parameters())
    assert not [name for name in names if 'adapters' in name]


def test_one_frame_is_not_encoded_as_by_clip(float64):
    """Zeros beyond the ends take part in the softmax."""
    model, inputs = build_openvclip(), clips(frames=1)
    ours = model.backbone(by_frame(inputs)).frames
    assert (ours - encode_frames(model, inputs)).abs().max() > 1e-3


def test_a_clip_that_runs_backwards_looks_the_same(float64):
    """The keys of both neighbours are one set, but it is not any order."""
    backbone, clip = build_openvclip().backbone, by_frame(clips(frames=4))
    with torch.no_grad():
        there = backbone(clip).frames
        back = backbone(clip.flip(1)).frames.flip(1)
        order = [1, 0, 2, 3]
        other = backbone(clip[:, order]).frames[:, order]
    torch.testing.assert_close(there, back, atol=1e-12, rtol=0)
    assert (there - other).abs().max() > 1e-4
