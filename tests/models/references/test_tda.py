"""TDA by its formulas, video by video."""

import math

import pytest
import torch
from reference_models import build, clips, close, samples, unit
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models.heads import test_time_cache_head

C = len(CLASSES)
POSITIVE = dict(size=2, alpha=3.0, beta=8.0)
NEGATIVE = dict(
    size=1, alpha=0.5, beta=1.0, entropy=(0.2, 0.69), mask=(0.03, 1.0)
)


@pytest.fixture(autouse=True)
def double():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def tda(**head):
    """Vanilla CLIP with both caches; its logits are far apart."""
    return build(
        cls_head=dict(
            type='TestTimeCacheHead',
            positive=POSITIVE,
            negative=NEGATIVE,
            **head,
        )
    ).eval()


def stream(videos, texts, scale):
    """Scores of unit videos, one after the other."""
    positive, negative, scores = {}, {}, []
    for f in videos:
        logits = torch.stack([scale * (f @ t) for t in texts])
        p = logits.exp() / logits.exp().sum()
        entropy = -sum(x * math.log(x) for x in p.tolist())
        label = p.tolist().index(max(p.tolist()))
        caches = [(positive, POSITIVE['size'])]
        low, high = NEGATIVE['entropy']
        if low < entropy / math.log2(C) < high:
            caches.append((negative, NEGATIVE['size']))
        for cache, size in caches:
            items = cache.setdefault(label, [])
            worst = max((e for e, *_ in items), default=math.inf)
            if len(items) == size and entropy < worst:
                items.remove(next(x for x in items if x[0] == worst))
            if len(items) < size:
                items.append((entropy, f, p))
        final = logits.clone()
        for c, items in positive.items():
            for _, key, _ in items:
                weight = math.exp(-8.0 * (1 - float(f @ key)))
                final[c] += 3.0 * weight
        for items in negative.values():
            for _, key, q in items:
                weight = math.exp(-1.0 * (1 - float(f @ key)))
                for c in range(C):
                    if 0.03 < q[c] < 1.0:
                        final[c] -= 0.5 * weight
        scores.append(final)
    return torch.stack(scores), negative


def predict(model, inputs):
    """(B, C) scores of a batch."""
    features, _ = model.extract_feat(inputs)
    data = samples(*[0] * len(inputs))
    results = model.cls_head.predict(features, data)
    return torch.stack([r.pred_score for r in results])


def streamed(model, inputs):
    features, _ = model.extract_feat(inputs)
    views = inputs.size(1)
    videos = []
    for i in range(len(inputs)):
        rows = [unit(v) for v in features.video[i * views : (i + 1) * views]]
        videos.append(unit(sum(rows) / views))
    texts = [unit(t) for t in features.text]
    return stream(videos, texts, model.cls_head.logit_scale.exp())


@torch.no_grad()
@pytest.mark.parametrize('frames', [1, 3])
def test_tda(frames):
    model, inputs = tda(average_clips=None), clips(8, frames)
    expected, negative = streamed(model, inputs)
    assert negative
    features, _ = model.extract_feat(inputs)
    with torch.no_grad():
        # batches do not matter, only the order
        model.eval()
        ours = [predict(model, inputs[:3]), predict(model, inputs[3:])]
    close(torch.cat(ours).flatten(0, -2), expected)


@torch.no_grad()
def test_tda_depends_on_the_order_and_starts_anew():
    model, inputs = tda(average_clips=None), clips(8)
    forwards = predict(model, inputs)
    model.eval()
    close(predict(model, inputs), forwards)
    again = predict(model, inputs)  # the caches are full already
    assert (again - forwards).abs().max() > 1e-3
    model.eval()
    backwards = predict(model, inputs.flip(0)).flip(0)
    assert (backwards - forwards).abs().max() > 1e-3


def test_tda_in_several_processes_is_refused(monkeypatch):
    model = tda()
    monkeypatch.setattr(test_time_cache_head, 'get_world_size', lambda: 2)
    model.train()
    with pytest.raises(UserError, match='TDA in 2 processes'):
        model.eval()
