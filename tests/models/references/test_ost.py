"""OST by its formulas: transport plans, scores, the in-batch loss."""

import math

import pytest
import torch
from reference_models import (
    build,
    check_gradients,
    clips,
    close,
    encode_frames,
    encode_sentences,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import VideoTextFeatures
from vlprompt.models.layers.sinkhorn import transport_plan
from vlprompt.registry import MODELS

M = 3
SPATIAL = {c: [f'{c} {word}' for word in 'abc'] for c in CLASSES}
TEMPORAL = {c: [f'first {word}, then {c}' for word in 'xyz'] for c in CLASSES}
SPATIAL_WORDS = 'This is a video about {1}'
TEMPORAL_WORDS = 'A video of {0} usually includes {1}'


def ost(loss_weight=2.0, **head):
    return build(
        texts=dict(type='TwoLevelTexts', spatial=SPATIAL, temporal=TEMPORAL),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='OptimalTransportHead',
            alignment=dict(type='SoftTargetKLLoss', loss_weight=loss_weight),
            average_clips='prob',
            **head,
        ),
        trainable=['*'],
    )


def plan_of(similarity, rounds=100):
    """One problem, number by number: (T, M) cosines to a plan."""
    frames, sentences = similarity.shape
    kernel = [
        [math.exp(-(1 - s) / 0.1) for s in row] for row in similarity.tolist()
    ]
    r, c = [1.0] * frames, [1.0] * sentences
    for _ in range(rounds):
        for t in range(frames):
            moved = sum(kernel[t][m] * c[m] for m in range(sentences))
            r[t] = 1 / frames / moved
        for m in range(sentences):
            moved = sum(kernel[t][m] * r[t] for t in range(frames))
            c[m] = 1 / sentences / moved
    return torch.tensor(
        [
            [r[t] * kernel[t][m] * c[m] for m in range(sentences)]
            for t in range(frames)
        ]
    )


def score(frames, sentences):
    """(T, E) frames and (M, E) sentences to their similarity."""
    frames, sentences = unit(frames), unit(sentences)
    similarity = frames @ sentences.T
    matched = (plan_of(similarity.detach()) * similarity).sum()
    return matched + frames.mean(0) @ sentences.mean(0)


def describe(model, label):
    """The spatial and the temporal sentences of a class, (M, E) each."""
    for given, words in (
        (SPATIAL, SPATIAL_WORDS),
        (TEMPORAL, TEMPORAL_WORDS),
    ):
        name = CLASSES[label]
        lines = [words.format(name, sentence) for sentence in given[name]]
        yield encode_sentences(model, lines)


def scores(model, inputs, labels):
    """Videos in rows, the texts of labels in columns."""
    videos = encode_frames(model, inputs)
    texts = [[*describe(model, label)] for label in labels]
    rows = [
        torch.stack([sum(score(v, level) for level in t) / 2 for t in texts])
        for v in videos
    ]
    return model.cls_head.logit_scale.exp() * torch.stack(rows)


def divergence(scores, labels):
    """KL of rows and KL of columns, added up."""
    total = 0
    for direction in (scores, scores.T):
        for row, own in zip(direction, labels, strict=True):
            alike = torch.tensor([10.0 * (own == other) for other in labels])
            wanted = alike.softmax(0)
            total = (
                total + (wanted * (wanted.log() - row.log_softmax(0))).sum()
            )
    return total / len(labels)


@pytest.mark.parametrize('frames', [1, 3])
@pytest.mark.parametrize('labels', [(2, 0, 2), (3, 1)])
def test_training_equals_the_formulas(float64, labels, frames):
    model, inputs = ost(), clips(len(labels), frames)
    feats, _ = model.extract_feat(inputs, data_samples=samples(*labels))
    close(feats.video, encode_frames(model, inputs))
    expected = scores(model, inputs, labels)
    close(model.cls_head.compare(feats), expected.T)
    ours = model(inputs, samples(*labels), mode='loss')['loss_alignment']
    theirs = divergence(expected, labels)
    close(ours, theirs)
    check_gradients(model, ours, theirs)


@pytest.mark.parametrize('frames', [1, 2, 3])
def test_evaluation_equals_the_formulas(float64, frames):
    model, inputs = ost(), clips(2, frames)
    expected = scores(model, inputs, range(len(CLASSES)))
    with torch.no_grad():
        feats, _ = model.eval().extract_feat(inputs)
        close(model.cls_head(feats), expected)


def test_chunks_of_classes_change_nothing(float64, monkeypatch):
    model, inputs = ost().eval(), clips(2)
    with torch.no_grad():
        feats, _ = model.extract_feat(inputs)
        expected = model.cls_head(feats)
        module = 'vlprompt.models.heads.optimal_transport_head.ELEMENTS'
        monkeypatch.setattr(module, 40)
        close(model.cls_head(feats), expected)


def test_the_published_stop_is_near_the_fixed_rounds(float64):
    with torch.no_grad():
        fixed, stopped = ost().eval(), ost(tolerance=1e-2).eval()
        feats, _ = fixed.extract_feat(clips(2))
        ours, theirs = fixed.cls_head(feats), stopped.cls_head(feats)
    assert not torch.equal(ours, theirs)
    torch.testing.assert_close(ours, theirs, rtol=0, atol=1e-4)


def test_it_stops_where_the_published_code_does(float64):
    """Factors of rows that change by less than 0.01, over all problems."""
    torch.manual_seed(0)
    similarity = torch.rand(5, 4, 3) - 0.5
    kernel = torch.exp((similarity - 1) / 0.1)
    r, c, number = torch.ones(5, 4), torch.ones(5, 3), 0
    while True:
        before, number = r, number + 1
        r = 1 / 4 / (kernel @ c[..., None])[..., 0]
        c = 1 / 3 / (kernel.mT @ r[..., None])[..., 0]
        if (r - before).abs().mean() < 1e-2:
            break
    assert 2 < number < 100
    even = torch.full((5, 4), 1 / 4)
    ours = transport_plan(similarity, even, 0.1, 100, tolerance=1e-2)
    close(ours, transport_plan(similarity, even, 0.1, number))
    fewer = transport_plan(similarity, even, 0.1, number - 1)
    assert (ours - fewer).abs().max() > 1e-9


@pytest.mark.parametrize('shape', [(1, 1), (1, 4), (32, 4), (7, 1)])
def test_plans_have_even_rows_and_columns(shape):
    torch.manual_seed(0)
    similarity = 2 * torch.rand(6, *shape) - 1
    even = torch.full((6, shape[0]), 1 / shape[0])
    plan = transport_plan(similarity, even, 0.1, 100)
    assert plan.dtype == torch.float32
    torch.testing.assert_close(plan.sum(-1), even, rtol=1e-3, atol=1e-5)
    torch.testing.assert_close(
        plan.sum(-2), torch.full((6, shape[1]), 1 / shape[1])
    )


def test_one_sentence_gets_an_even_plan_and_twice_the_similarity(float64):
    torch.manual_seed(0)
    similarity = torch.rand(2, 5, 1)
    plan = transport_plan(similarity, torch.full((2, 5), 0.2), 0.1, 100)
    close(plan, torch.full_like(plan, 0.2))
    frames, text = torch.randn(2, 5, 8), torch.randn(3, 8)
    found = head(1)(VideoTextFeatures(frames, text))
    expected = 2 * (unit(frames) @ unit(text).T).mean(1)
    close(found, expected / 0.07)


def head(levels=2, classes=3):
    made = MODELS.build(
        dict(
            type='OptimalTransportHead',
            levels=levels,
            alignment=dict(type='SoftTargetKLLoss'),
        )
    )
    made.set_num_classes(classes)
    return made.double()


def test_the_order_of_frames_does_not_matter(float64):
    torch.manual_seed(0)
    frames, text = torch.randn(2, 5, 8), torch.randn(12, 8)
    order = torch.tensor([3, 0, 4, 1, 2])
    found = head()(VideoTextFeatures(frames, text))
    close(head()(VideoTextFeatures(frames[:, order], text)), found)
    other = frames.clone()
    other[:, 0] += 1
    assert (head()(VideoTextFeatures(other, text)) - found).abs().max() > 0.1


def test_padding_is_left_out(float64):
    torch.manual_seed(0)
    frames, text = torch.randn(2, 5, 8), torch.randn(12, 8)
    mask = torch.arange(5) < torch.tensor([[3], [5]])
    found = head()(VideoTextFeatures(frames, text, mask=mask))
    for row, number in enumerate((3, 5)):
        real = frames[row : row + 1, :number]
        close(found[row : row + 1], head()(VideoTextFeatures(real, text)))


def test_there_is_no_gradient_through_the_plan(float64):
    similarity = torch.rand(4, 3, requires_grad=True)
    plan = transport_plan(similarity, torch.full((4,), 0.25), 0.1, 10)
    assert not plan.requires_grad


def test_scores_are_computed_in_single_precision(monkeypatch):
    model = ost().eval()
    with torch.no_grad(), torch.autocast('cpu', torch.bfloat16):
        feats, _ = model.extract_feat(clips(2))
        found = model.cls_head(feats)
    assert found.dtype == torch.float32
    with torch.no_grad():
        torch.testing.assert_close(
            found, model.cls_head(feats), rtol=0, atol=0
        )


@pytest.mark.parametrize('texts', [7, 9])
def test_texts_that_are_no_sets_are_refused(texts):
    frames = torch.randn(2, 5, 8).double()
    feats = VideoTextFeatures(frames, torch.randn(texts, 8).double())
    with pytest.raises(UserError, match='2 sets of sentences'):
        head()(feats)


@pytest.mark.parametrize(
    ('head', 'message'),
    [
        (
            dict(
                type='ContrastiveHead',
                alignment=dict(type='SoftTargetKLLoss'),
            ),
            '12 texts for 2 videos',
        ),
        (dict(type='SimilarityHead'), '12 texts of 2 classes'),
    ],
)
def test_other_heads_do_not_learn_from_two_levels(head, message):
    model = build(
        texts=dict(type='TwoLevelTexts', spatial=SPATIAL, temporal=TEMPORAL),
        cls_head=head,
        trainable=['*'],
    )
    with pytest.raises(UserError, match=message):
        model(clips(2), samples(0, 1), mode='loss')
