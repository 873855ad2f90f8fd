"""Tip-Adapter by its formulas, key by key."""

import pytest
import torch
from reference_models import (
    EMBED,
    build,
    check,
    classify,
    clips,
    close,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.engine.loops.cache_search import (
    SearchGrid,
    choose_point,
    search_cache,
)
from vlprompt.errors import UserError

LABELS = [0, 2, 2, 1, 0]


@pytest.fixture(autouse=True)
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def tip(**head):
    """A model whose keys are learnt, with some in its cache."""
    model = build(
        cls_head=dict(type='CacheHead', **{'beta': 1.5, **head}),
        trainable=['cls_head.keys'],
    )
    torch.manual_seed(1)
    keys = torch.randn(len(LABELS), EMBED)
    model.cls_head.set_cache(keys, torch.tensor(LABELS))
    return model


def tip_logits(video, texts, head):
    """(E,) unit video and (C, E) unit texts to (C,)."""
    rows = []
    for c, text in enumerate(texts):
        total = head.logit_scale.exp() * (video @ text)
        for key, label in zip(head.keys, LABELS, strict=True):
            if label == c:
                weight = torch.exp(-head.beta * (1 - video @ key))
                total = total + head.alpha * weight
        rows.append(total)
    return torch.stack(rows)


@pytest.mark.parametrize('frames', [1, 3])
def test_tip_adapter(frames):
    model, inputs = tip(), clips(2, frames)
    ours = classify(model, inputs, samples(1, 2))
    features, _ = model.extract_feat(inputs)
    texts = [unit(t) for t in features.text]
    logits = torch.stack(
        [tip_logits(unit(v), texts, model.cls_head) for v in features.video]
    )
    loss = -(logits.log_softmax(-1)[[0, 1], [1, 2]]).mean()
    check(model, ours, dict(logits=logits, loss=loss))
    assert [n for n, p in model.named_parameters() if p.requires_grad] == [
        'cls_head.keys'
    ]


def test_keys_are_unit_and_an_empty_cache_is_clip():
    model = tip()
    norms = model.cls_head.keys.norm(dim=-1)
    close(norms, torch.ones(len(LABELS)))
    empty = build(cls_head=dict(type='CacheHead', num_keys=4)).eval()
    features, _ = empty.extract_feat(clips())
    close(empty.cls_head(features), empty.cls_head.text_logits(features))


def test_a_checkpoint_brings_its_number_of_keys():
    model = tip(alpha=2.5)
    state = model.state_dict()
    assert {k for k in state if k.startswith('cls_head.')} == {
        'cls_head.keys',
        'cls_head.labels',
        'cls_head.alpha',
        'cls_head.beta',
    }
    other = build(cls_head=dict(type='CacheHead', num_keys=2))
    keys = other.cls_head.keys
    other.load_state_dict(state)
    assert other.cls_head.keys is keys
    for name, value in state.items():
        assert torch.equal(other.state_dict()[name], value), name
    state['cls_head.keys'] = torch.zeros(5, EMBED + 1)
    with pytest.raises(UserError, match='another layout: cls_head.keys'):
        other.load_state_dict(state)


def test_a_cache_of_other_classes_is_refused():
    with pytest.raises(UserError, match='2 classes for a cache of 3'):
        tip().set_classes(CLASSES[:2])
    with pytest.raises(UserError, match="expected 'embedding'"):
        tip(fusion='decision')
    model = tip()
    features, _ = model.extract_feat(clips())
    with pytest.raises(UserError, match='expected those of all classes'):
        model.cls_head(features._replace(targets=torch.tensor([0, 1])))


def test_the_search_tries_what_the_release_tries():
    model = tip(average_clips='prob').eval()
    features, _ = model.extract_feat(clips(6))
    texts = [unit(t) for t in features.text]
    video = torch.stack([unit(v) for v in features.video])
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    grid = SearchGrid(beta_steps=4, alpha_steps=3)
    close(torch.tensor(grid.betas()), torch.tensor([0.1, 1.825, 3.55, 5.275]))
    logits = model.cls_head.text_logits(features)
    points = search_cache(
        model.cls_head, video[:, None], logits[:, None], labels, grid
    )
    assert len(points) == 12
    best, expected = -1, None
    for point in points:
        model.cls_head.beta.fill_(point.beta)
        model.cls_head.alpha.fill_(point.alpha)
        rows = [tip_logits(v, texts, model.cls_head) for v in video]
        right = [
            int(r.argmax()) == c for r, c in zip(rows, labels, strict=True)
        ]
        assert point.top1 == pytest.approx(sum(right) / 6)
        if point.top1 > best:
            best, expected = point.top1, point
    assert choose_point(points) == expected
