"""ViFi-CLIP's fusions and independent prompts by their formulas."""

import pytest
import torch
from reference_models import (
    build,
    check,
    classify,
    clips,
    close,
    cross_entropy,
    encode_frames,
    encode_sentences,
    prompted,
    samples,
    unit,
)
from tiny import CLASSES

LABELS = (1, 3, 1)
BOTH = [
    'backbone.visual.*',
    'text_encoder.text.transformer.*',
    'text_encoder.text.positional_embedding',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
    'cls_head.logit_scale',
]
PHOTOS = [f'a photo of a {name}.' for name in CLASSES]


def frame_logits(model, inputs, lines):
    """(B, T, C) logits of normalised frames."""
    frames, text = encode_frames(model, inputs), encode_sentences(model, lines)
    scale = model.cls_head.logit_scale.exp()
    logits = [
        torch.stack([scale * unit(f) @ unit(t) for t in text])
        for f in frames.flatten(0, 1)
    ]
    return frames, text, torch.stack(logits).unflatten(0, frames.shape[:2])


def vifi(fusion):
    """ViFi-CLIP, both towers trained."""
    pooler = 'MeanPooler' if fusion == 'embedding' else 'IdentityPooler'
    head = dict(type='SimilarityHead', fusion=fusion)
    if fusion == 'image':
        head = dict(type='FrameClassificationHead')
    return build(
        pooler=dict(type=pooler),
        cls_head=dict(head, average_clips='score'),
        trainable=BOTH,
    )


@pytest.mark.parametrize('soft', [False, True])
@pytest.mark.parametrize('fusion', ['decision', 'image'])
def test_fusions_equal_the_formulas(precision, fusion, soft):
    model, inputs = vifi(fusion), clips(3, 4)
    targets = list(LABELS)
    if soft:
        targets = list(torch.rand(3, 5).softmax(-1))
    ours = classify(model, inputs, samples(*targets))
    frames, text, logits = frame_logits(model, inputs, PHOTOS)
    fused = logits.mean(1)
    if fusion == 'decision':
        loss = cross_entropy(fused, targets)
    else:
        repeated = [t for t in targets for _ in range(4)]
        loss = cross_entropy(logits.flatten(0, 1), repeated)
    check(model, ours, dict(video=frames, text=text, logits=fused, loss=loss))


def test_images_are_scored_like_decisions(float64):
    inputs = clips(3, 4)
    scores = {}
    for fusion in ('decision', 'image'):
        model = vifi(fusion).eval()
        with torch.no_grad():
            results = model(inputs, samples(*LABELS), mode='predict')
        scores[fusion] = torch.stack([r.pred_score for r in results])
    with torch.no_grad():
        expected = frame_logits(model, inputs, PHOTOS)[2].mean(1)
    close(scores['decision'], expected)
    close(scores['image'], expected)


def test_fusions_differ_where_frames_do(float64):
    def score(fusion, inputs):
        model = vifi(fusion).eval()
        with torch.no_grad():
            return model.cls_head(model.extract_feat(inputs)[0])

    one = clips(3, 1)
    for inputs in (one, one.expand(-1, -1, -1, 4, -1, -1)):
        close(score('embedding', inputs), score('decision', inputs))
    inputs = clips(3, 4)
    difference = score('embedding', inputs) - score('decision', inputs)
    assert difference.abs().min() > 1e-6


def test_independent_prompts_equal_the_formulas(precision):
    model = build(
        texts=dict(type='ClassTexts', template='[3] {}.'),
        prompts=dict(
            type='PromptLearner',
            text=dict(type='DeepPrompts', layers=[0, 1]),
            visual=dict(type='DeepPrompts', num=5, layers=[0, 1, 2]),
        ),
        trainable=['prompts.*'],
    )
    free = model.prompts.free
    assert free['text'].vectors.shape == (2, 3, 16)
    assert free['visual'].vectors.shape == (3, 5, 32)
    prompts = dict(
        text=[*free['text'].vectors, None, None],
        visual=[*free['visual'].vectors, None],
    )
    inputs = clips(3, 4)
    ours = classify(model, inputs, samples(*LABELS))
    lines = [f'{name}.' for name in CLASSES]
    theirs = prompted(model, inputs, lines, 3, prompts)
    theirs['loss'] = cross_entropy(theirs['logits'], LABELS)
    check(model, ours, theirs)
