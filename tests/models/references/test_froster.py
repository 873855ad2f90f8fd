"""FROSTER's distillation by its formulas, under several methods."""

import pytest
import reference
import torch
from reference_models import (
    LAYERS,
    TOKENIZER,
    build,
    by_frame,
    check,
    check_gradients,
    clips,
    close,
    cross_entropy,
    encode_frames,
    encode_sentences,
    linear,
    samples,
    unit,
)
from shared_frames import class_tokens, neighbors
from tiny import CLASSES, TINY
from torch.nn import functional as F

from vlprompt.models import load_clip

SENTENCES = [f'a photo of a {name}.' for name in CLASSES]
LABELS = (1, 3, 0)
ALL = ['backbone.*', 'text_encoder.*', 'cls_head.*']
NONE = (None,) * LAYERS


def head(**kwargs):
    """A head with FROSTER's regularizer."""
    loss = dict(type='FeatureDistillationLoss')
    regularizers = dict(distillation=loss)
    return dict(type='SimilarityHead', regularizers=regularizers, **kwargs)


def froster(**parts):
    """Everything of CLIP is learnt, frames are compared one by one."""
    cfg = dict(
        pooler=dict(type='IdentityPooler'),
        cls_head=head(fusion='decision'),
        trainable=ALL,
    )
    return build(**{**cfg, **parts})


def first_clip():
    """The CLIP that models of ``build`` start from, made once more."""
    torch.manual_seed(0)
    clip = load_clip(TINY)
    dtype = torch.get_default_dtype()
    return clip.visual.to(dtype), clip.text.to(dtype)


def raw_frames(visual, inputs):
    with torch.no_grad():
        return reference.encode_frames(visual, by_frame(inputs), NONE)


def raw_sentences(text, lines):
    with torch.no_grad():
        ids = TOKENIZER(lines)
        return reference.encode_text(text, ids, [()] * len(ids), NONE)


def cosines(projector, own, others):
    """Of each teacher's vector with f + 0.1 P(f), as a list."""
    found = []
    for student, teacher in zip(own, others, strict=True):
        f = unit(student)
        moved = f + 0.1 * linear(F.gelu(linear(f, projector[0])), projector[2])
        found.append((unit(moved) * unit(teacher)).sum())
    return found


def distillation(model, frames, text, teacher_frames, teacher_text):
    """2 [(1 - mean cos) + (1 - mean cos)] over frames and over classes."""
    projectors = model.cls_head.regularizers['distillation'].projectors
    total = 0
    for tower, own, others in (
        ('visual', frames.flatten(0, 1), teacher_frames.flatten(0, 1)),
        ('text', text, teacher_text),
    ):
        found = cosines(projectors[tower], own, others)
        total = total + 1 - sum(found) / len(found)
    return 2 * total


def step(model, inputs, labels=LABELS):
    """The losses of a training step, and their sum."""
    losses = model(inputs, samples(*labels), mode='loss')
    losses = {k: v for k, v in losses.items() if k.startswith('loss')}
    return losses, sum(losses.values())


@pytest.mark.parametrize('frames', [1, 3])
def test_froster_equals_the_formulas(precision, frames):
    model, inputs = froster(), clips(3, frames)
    visual, text = first_clip()
    losses, total = step(model, inputs)
    own_frames = encode_frames(model, inputs)
    own_text = encode_sentences(model, SENTENCES)
    scale = model.cls_head.logit_scale.exp()
    logits = scale * (unit(own_frames) @ unit(own_text).T).mean(1)
    theirs = dict(
        loss_cls=cross_entropy(logits, LABELS),
        loss_distillation=distillation(
            model,
            own_frames,
            own_text,
            raw_frames(visual, inputs),
            raw_sentences(text, SENTENCES),
        ),
    )
    features, _ = model.extract_feat(inputs, data_samples=samples(*LABELS))
    close(features.frames, own_frames, 'frames')
    close(features.text, own_text, 'texts')
    close(features.teacher.video, raw_frames(visual, inputs), 'teacher')
    close(features.teacher.text, raw_sentences(text, SENTENCES), 'teacher')
    close(model.cls_head(features), logits, 'logits')
    check(
        model,
        {**losses, 'loss': total},
        {**theirs, 'loss': sum(theirs.values())},
    )


def released(names_in):
    """The whole method: neighbours, one sentence for each class."""
    return froster(
        backbone=dict(
            type='CLIPVisionTower', adapters=[dict(type='NeighborKV')]
        ),
        texts=dict(
            type='TemplatedDescriptionTexts',
            descriptions={name: [f'{name}: it is done'] for name in CLASSES},
            names_in=names_in,
            template='{text}',
        ),
    )


def neighbor_frames(model, inputs):
    visual = model.backbone.visual
    return torch.stack(
        [
            class_tokens(visual, clip, [neighbors] * LAYERS) @ visual.proj
            for clip in by_frame(inputs)
        ]
    )


@pytest.mark.parametrize('drawn', [0, 2])
@pytest.mark.parametrize('frames', [1, 3])
def test_the_whole_method_equals_the_formulas(float64, drawn, frames):
    names_in = ['a photo of {}.', 'a video of {}.', 'a person {}.']
    model, inputs = released(names_in), clips(3, frames)
    visual, text = first_clip()
    # of each class the plain text stands before its templated ones
    plain = torch.arange(len(CLASSES)) * 4
    places = torch.cat([plain + 1 + drawn, plain])
    model.texts.draw = lambda: places
    losses, total = step(model, inputs)

    sentences = [f'{name}: it is done' for name in CLASSES]
    named = [names_in[drawn].format(name) for name in CLASSES]
    named = [' '.join(pair) for pair in zip(named, sentences, strict=True)]

    def mean(encode):
        return (unit(encode(named)) + unit(encode(sentences))) / 2

    own_frames = neighbor_frames(model, inputs)
    own_text = mean(lambda lines: encode_sentences(model, lines))
    scale = model.cls_head.logit_scale.exp()
    logits = scale * (unit(own_frames) @ unit(own_text).T).mean(1)
    theirs = dict(
        loss_cls=cross_entropy(logits, LABELS),
        loss_distillation=distillation(
            model,
            own_frames,
            own_text,
            raw_frames(visual, inputs),
            mean(lambda lines: raw_sentences(text, lines)),
        ),
    )
    check(
        model,
        {**losses, 'loss': total},
        {**theirs, 'loss': sum(theirs.values())},
    )
    model.eval()
    with torch.no_grad():
        features, _ = model.extract_feat(inputs)
        every = [
            unit(encode_sentences(model, lines))
            for lines in (
                sentences,
                *(
                    [
                        f'{t.format(name)} {sentence}'
                        for name, sentence in zip(
                            CLASSES, sentences, strict=True
                        )
                    ]
                    for t in names_in
                ),
            )
        ]
        text = sum(every) / 4
        logits = scale * (unit(own_frames) @ unit(text).T).mean(1)
        close(model.cls_head(features), logits, 'logits of evaluation')


VL = dict(type='PromptLearner', text=dict(), visual=dict())


def prompted(model, inputs, lines):
    prompts = model.prompts()
    return (
        encode_frames(model, inputs, prompts['visual']),
        encode_sentences(model, lines, 3, prompts['text']),
    )


def test_a_frozen_clip_teaches_its_own_prompts(precision):
    """The teacher has the weights of the model, and no copy of them."""
    model = build(
        texts=dict(type='ClassTexts', template='[3] {}.'),
        prompts=VL,
        teacher=dict(texts=dict(type='ClassTexts', template='a clip of {}.')),
        cls_head=head(),
        trainable=['prompts.*', 'cls_head.regularizers.*'],
    )
    inputs = clips(3, 2)
    losses, _ = step(model, inputs)
    frames, text = prompted(model, inputs, [f'{n}.' for n in CLASSES])
    expected = distillation(
        model,
        frames,
        text,
        raw_frames(model.backbone.visual, inputs),
        raw_sentences(
            model.text_encoder.text, [f'a clip of {n}.' for n in CLASSES]
        ),
    )
    close(losses['loss_distillation'], expected)
    check_gradients(model, losses['loss_distillation'], expected)


def test_the_teacher_combines_templates_as_the_model_does(precision):
    templates = ['a photo of a {}.', 'a {}', 'somebody who is {}']
    model = froster(texts=dict(type='ClassTexts', template=templates))
    _, text = first_clip()
    expected = sum(
        unit(raw_sentences(text, [t.format(n) for n in CLASSES]))
        for t in templates
    )
    features, _ = model.extract_feat(clips(2, 2), data_samples=samples(0, 1))
    close(features.teacher.text, expected / 3)


def test_padding_is_not_distilled(float64):
    model, inputs = froster(), clips(2, 4)
    visual, text = first_clip()
    given = samples(0, 1)
    for sample, number in zip(given, (3, 2), strict=True):
        sample.set_metainfo(dict(num_valid_frames=number))
    losses = model(inputs, given, mode='loss')
    own, raw = encode_frames(model, inputs), raw_frames(visual, inputs)
    expected = distillation(
        model,
        torch.cat([own[0, :3], own[1, :2]])[:, None],
        encode_sentences(model, SENTENCES),
        torch.cat([raw[0, :3], raw[1, :2]])[:, None],
        raw_sentences(text, SENTENCES),
    )
    close(losses['loss_distillation'], expected)


def test_at_the_start_it_is_the_plain_distance(float64):
    """The projectors' last layers are zero; no noise is added here."""
    model, inputs = froster(noise=0), clips(3, 2)
    visual, text = first_clip()
    for p in (*model.backbone.parameters(), *model.text_encoder.parameters()):
        p.data += 0.05 * torch.randn_like(p)
    losses, _ = step(model, inputs)
    pairs = (
        (encode_frames(model, inputs), raw_frames(visual, inputs)),
        (
            encode_sentences(model, SENTENCES),
            raw_sentences(text, SENTENCES),
        ),
    )
    frame, sentence = ((unit(a) * unit(b)).sum(-1).mean() for a, b in pairs)
    close(losses['loss_distillation'], 2 * (2 - frame - sentence))


def test_a_student_that_has_not_moved_has_nothing_to_lose(float64):
    losses, _ = step(froster(noise=0), clips(3, 2))
    assert abs(losses['loss_distillation']) < 1e-12
    assert losses['loss_cls'] > 0.1
