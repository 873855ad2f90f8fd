"""PromptSRC's three regularizers by their formulas."""

import pytest
import reference
import torch
from reference_models import (
    LAYERS,
    TOKENIZER,
    build,
    by_frame,
    check,
    clips,
    close,
    cosine_logits,
    cross_entropy,
    encode_frames,
    encode_sentences,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.models.texts.template_lists import LISTS

LABELS = (1, 3, 0)
TEMPLATES = LISTS['promptsrc60']
LEARNER = dict(
    type='PromptLearner',
    text=dict(layers=[0, 1, 2]),
    visual=dict(num=4, layers=[0, 1, 2]),
)
LOSSES = dict(
    text=dict(type='TextConsistencyLoss'),
    video=dict(type='VideoConsistencyLoss'),
    logits=dict(type='LogitConsistencyLoss'),
)


def promptsrc(head=None, **parts):
    """4 + 4 prompts, a teacher that reads 60 templates."""
    own = dict(
        type='ClassTexts', template='promptsrc60', ensemble='raw_embedding'
    )
    cfg = dict(
        texts=dict(type='ClassTexts', template='[a photo of a] {}.'),
        prompts=LEARNER,
        teacher=dict(texts=own),
        cls_head=dict(
            type='SimilarityHead', regularizers=LOSSES, **(head or {})
        ),
        trainable=['prompts.*'],
    )
    return build(**{**cfg, **parts})


def teacher_features(model, inputs):
    """Raw frames, and the mean of the texts of 60 templates as they are."""
    with torch.no_grad():
        frames = reference.encode_frames(
            model.backbone.visual, by_frame(inputs), (None,) * LAYERS
        )
        texts = []
        for name in CLASSES:
            ids = TOKENIZER([t.replace('{}', name) for t in TEMPLATES])
            texts.append(
                reference.encode_text(
                    model.text_encoder.text,
                    ids,
                    [()] * len(ids),
                    (None,) * LAYERS,
                ).sum(0)
                / 60
            )
    return frames, torch.stack(texts)


def kl_of_teacher(logits, teacher):
    """Sum over videos and classes of p_t (log p_t - log p_s), divided."""
    total = 0
    for student, other in zip(logits, teacher, strict=True):
        log_p = student - torch.logsumexp(student, 0)
        log_q = other - torch.logsumexp(other, 0)
        total = total + (log_q.exp() * (log_q - log_p)).sum()
    return total / logits.numel()


def students(model, inputs):
    prompts = model.prompts()
    names = [f'{name}.' for name in CLASSES]
    return (
        encode_frames(model, inputs, prompts['visual']),
        encode_sentences(model, names, 4, prompts['text']),
    )


def losses_of(model, inputs):
    losses = model(inputs, samples(*LABELS), mode='loss')
    losses = {k: v for k, v in losses.items() if k.startswith('loss')}
    return {**losses, 'loss': sum(losses.values())}


def summed(losses):
    return {**losses, 'loss': sum(losses.values())}


@pytest.mark.parametrize('frames', [1, 3])
def test_promptsrc_equals_the_formulas(precision, frames):
    model, inputs = promptsrc(), clips(3, frames)
    student_frames, text = students(model, inputs)
    raw_frames, raw_text = teacher_features(model, inputs)
    video, raw = student_frames.mean(1), raw_frames.mean(1)
    logits = cosine_logits(model, video, text)
    theirs = dict(
        loss_cls=cross_entropy(logits, LABELS),
        loss_text=25 * (unit(text) - unit(raw_text)).abs().mean(),
        loss_video=10 * (unit(video) - unit(raw)).abs().mean(),
        loss_logits=kl_of_teacher(
            logits, cosine_logits(model, raw, raw_text).detach()
        ),
    )
    features, _ = model.extract_feat(inputs, data_samples=samples(*LABELS))
    close(features.video, video, 'videos')
    close(features.text, text, 'texts')
    close(features.teacher.text, raw_text, 'texts of the teacher')
    close(model.cls_head(features), logits, 'logits')
    check(model, losses_of(model, inputs), summed(theirs))


def test_frames_that_are_kept_are_compared_as_they_are(float64):
    """With a factor of the logits that is learnt, but not by the teacher."""
    model = promptsrc(
        head=dict(fusion='decision'),
        pooler=dict(type='IdentityPooler'),
        trainable=['prompts.*', 'cls_head.logit_scale'],
    )
    inputs = clips(3, 2)
    frames, text = students(model, inputs)
    raw, raw_text = teacher_features(model, inputs)
    scale = model.cls_head.logit_scale.exp()

    def score(frames, text):
        return scale * (unit(frames) @ unit(text).T).mean(1)

    logits = score(frames, text)
    theirs = dict(
        loss_cls=cross_entropy(logits, LABELS),
        loss_text=25 * (unit(text) - unit(raw_text)).abs().mean(),
        loss_video=10 * (unit(frames) - unit(raw)).abs().mean(),
        loss_logits=kl_of_teacher(logits, score(raw, raw_text).detach()),
    )
    check(model, losses_of(model, inputs), summed(theirs))


def test_there_are_sixty_templates():
    assert len({*TEMPLATES}) == 60
    assert all(t.count('{}') == 1 for t in TEMPLATES)


def test_a_model_that_is_its_teacher_has_nothing_to_lose(float64):
    model = build(
        cls_head=dict(type='SimilarityHead', regularizers=LOSSES),
        trainable=['cls_head.logit_scale'],
    )
    losses = losses_of(model, clips(3, 2))
    for name in LOSSES:
        assert abs(losses[f'loss_{name}']) < 1e-12
