"""BDC-CLIP by its formulas: all tokens of both towers, and three heads."""

import math

import pytest
import torch
from reference import block, layer_norm
from reference_models import (
    TOKENIZER,
    build,
    by_frame,
    check_gradients,
    clips,
    close,
    cross_entropy,
    embed,
    linear,
    samples,
    unit,
)
from shared_frames import everything, own, shared_block
from tiny import CLASSES

from vlprompt.models.layers import distance_covariance as module
from vlprompt.models.layers.distance_covariance import distance_covariance

LABELS = (1, 3)
REDUCED = 5
STATISTICS = REDUCED * (REDUCED + 1) // 2
JOINT = [1, 3]  # of four layers, the last among them
SENTENCES = {
    name: [f'{name} is seen', 'someone moves', f'a way of {name} outside'][:n]
    for name, n in zip(CLASSES, (1, 3, 2, 2, 3), strict=True)
}
WEIGHTS = dict(cosine=0.25, linear=0.2, bdc=0.55)
LEARNED = [
    'backbone.*',
    'text_encoder.token_pooler.*',
    'text_encoder.text.transformer.*',
    'text_encoder.text.positional_embedding',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
    'cls_head.*',
]


def bdc(weights=WEIGHTS, **kwargs):
    """The whole model, small."""
    parts = dict(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='JointFrames', layers=JOINT)],
            token_pooler=dict(
                type='TemporalDistanceCovariancePooler', reduced_dim=REDUCED
            ),
        ),
        text_encoder=dict(
            type='TokenPoolingTextTower',
            token_pooler=dict(
                type='DistanceCovariancePooler', reduced_dim=REDUCED
            ),
        ),
        texts=dict(
            type='DescriptionTexts',
            descriptions=SENTENCES,
            use='random',
            template='{text}',
        ),
        cls_head=dict(
            type='ProbabilityEnsembleHead',
            members=dict(
                linear=dict(
                    type='LinearHead',
                    num_classes=len(CLASSES),
                    dropout=0.0,
                    std=None,
                ),
                bdc=dict(
                    type='SimilarityHead', temperature=0.01, test_divisor=5.0
                ),
            ),
            weights=[weights],
            label_smooth_eps=0.1,
            average_clips='prob',
        ),
        trainable=LEARNED,
    )
    return build(**{**parts, **kwargs})


def covariance(tokens):
    """(L, D) tokens of one frame or text, number by number."""
    length, size = tokens.shape
    products = torch.zeros(size, size)
    for token in tokens:
        products = products + token[:, None] * token[None] / (2 * length)
    rows = []
    for i in range(size):
        row = []
        for j in range(size):
            square = products[i, i] + products[j, j] - 2 * products[i, j]
            square = square if square > 0 else square * 0
            row.append((square + 1e-5) ** 0.5)
        rows.append(torch.stack(row))
    distances = torch.stack(rows)
    total = distances.sum() / size**2
    vector = []
    for i in range(size):
        for j in range(i, size):
            mean_row = distances[i].sum() / size
            mean_column = distances[:, j].sum() / size
            vector.append(distances[i, j] - mean_row - mean_column + total)
    return torch.stack(vector)


def weighted(tokens, place, pooler):
    """(L, E) tokens to the reduced (L, D), weighted, and the chosen one."""
    reduced = linear(layer_norm(tokens, pooler.norm), pooler.reduce)
    chosen = reduced[place]
    scores = torch.stack([chosen @ token for token in reduced])
    weights = (scores / reduced.size(-1) ** 0.5).softmax(0)
    rows = [w * token for w, token in zip(weights, reduced, strict=True)]
    return chosen, torch.stack(rows)


def frame_tokens(model, clip):
    """(T, 3, H, W) frames of a clip to T times (L, E), all projected."""
    visual = model.backbone.visual
    frames = [embed(visual, frame) for frame in clip]
    for i, layer in enumerate(visual.transformer.resblocks):
        frames = shared_block(frames, layer, everything if i in JOINT else own)
    return [layer_norm(x, visual.ln_post) @ visual.proj for x in frames]


def video(model, clip):
    """A clip to its (E,) mean class token and (F,) statistics."""
    pooler = model.backbone.token_pooler
    tokens = frame_tokens(model, clip)
    pairs = [weighted(frame, 0, pooler) for frame in tokens]
    chosen = [pair[0] for pair in pairs]
    vectors = [covariance(pair[1]) for pair in pairs]
    out = []
    for t, vector in enumerate(vectors):
        query = linear(chosen[t], pooler.query)
        keys = [linear(other, pooler.key) for other in chosen]
        scores = torch.stack([query @ key for key in keys]) / REDUCED**0.5
        parts = zip(scores.softmax(0), vectors, strict=True)
        out.append(sum(w * v for w, v in parts) + vector)
    classes = sum(frame[0] for frame in tokens) / len(tokens)
    return classes, sum(out) / len(out)


def sentence(model, line):
    """A line to its (E,) end of text and (F,) statistics of 77 tokens."""
    text = model.text_encoder.text
    (ids,) = TOKENIZER([line])
    mask = torch.full((len(ids), len(ids)), -torch.inf).triu(1)
    x = text.token_embedding.weight[ids] + text.positional_embedding
    for layer in text.transformer.resblocks:
        x = block(x[None], layer, mask)[0]
    tokens = layer_norm(x, text.ln_final) @ text.text_projection
    end = int(ids.argmax())
    rows = weighted(tokens, end, model.text_encoder.token_pooler)[1]
    return tokens[end], covariance(rows)


def described(model):
    """The mean of the unit features of the sentences of each class."""
    texts, statistics = [], []
    for name in CLASSES:
        pairs = [sentence(model, line) for line in SENTENCES[name]]
        texts.append(sum(unit(pair[0]) for pair in pairs) / len(pairs))
        statistics.append(sum(unit(pair[1]) for pair in pairs) / len(pairs))
    return torch.stack(texts), torch.stack(statistics)


def stacked(pairs):
    return [torch.stack(part) for part in zip(*pairs, strict=True)]


def logits_of(model, features, statistics, scale):
    """Videos and texts, statistics of both, to the logits by head."""
    (videos, texts), (of_videos, of_texts) = features, statistics
    head = model.cls_head
    cosines = head.logit_scale.exp() * unit(videos) @ unit(texts).T
    return dict(
        cosine=cosines,
        linear=linear(of_videos, head.members['linear'].fc_cls),
        bdc=scale * unit(of_videos) @ unit(of_texts).T,
    )


def smoothed(logits, labels):
    """Cross entropy with labels of 0.9 and 0.1 shared by all."""
    num = logits.size(-1)
    targets = torch.full((len(labels), num), 0.1 / num)
    for row, label in zip(targets, labels, strict=True):
        row[label] += 0.9
    return cross_entropy(logits, targets)


def drawn_lines(places):
    lines = [line for name in CLASSES for line in SENTENCES[name]]
    return [lines[place] for place in places]


@pytest.mark.parametrize('frames', [1, 2, 3])
def test_training_equals_the_formulas(float64, frames):
    model, inputs = bdc(), clips(frames=frames)
    places = torch.tensor([0, 2, 4, 7, 9])
    model.texts.draw = lambda: places
    feats, _ = model.extract_feat(inputs, data_samples=samples(*LABELS))
    videos, of_videos = stacked(video(model, c) for c in by_frame(inputs))
    lines = drawn_lines(places)
    texts, of_texts = stacked(sentence(model, line) for line in lines)
    close(feats.video, videos, 'video')
    close(feats.text, texts, 'text')
    close(feats.video_statistics, of_videos, 'statistics of videos')
    close(feats.text_statistics, of_texts, 'statistics of texts')
    scale = model.cls_head.members['bdc'].logit_scale.exp()
    logits = logits_of(model, (videos, texts), (of_videos, of_texts), scale)
    losses = model(inputs, samples(*LABELS), mode='loss')
    wanted = {}
    for name, expected in logits.items():
        close(model.cls_head.member_logits(name, feats), expected, name)
        wanted[f'loss_{name}'] = smoothed(expected, LABELS)
        close(losses[f'loss_{name}'], wanted[f'loss_{name}'], name)
    total, _ = model.parse_losses(losses)
    theirs = sum(wanted.values())
    close(total, theirs)
    # With one frame the weight of it is 1, whatever the maps are.
    unmoved = [f'backbone.token_pooler.{n}.weight' for n in ('query', 'key')]
    check_gradients(model, total, theirs, unmoved if frames == 1 else ())


@pytest.mark.parametrize('weights', [WEIGHTS, dict(cosine=0.1, bdc=0.9)])
@pytest.mark.parametrize('frames', [1, 3])
def test_evaluation_equals_the_formulas(float64, frames, weights):
    model, inputs = bdc(weights).eval(), clips(frames=frames)
    model.cls_head.members['bdc'].logit_scale.data.fill_(math.log(93))
    with torch.no_grad():
        videos, of_videos = stacked(video(model, c) for c in by_frame(inputs))
        texts, of_texts = described(model)
        logits = logits_of(model, (videos, texts), (of_videos, of_texts), 18)
        feats, _ = model.extract_feat(inputs)
        for name, expected in logits.items():
            close(model.cls_head.member_logits(name, feats), expected, name)
        expected = sum(w * logits[n].softmax(-1) for n, w in weights.items())
        close(model.cls_head(feats).exp(), expected)
        for sample, row in zip(
            model.predict(inputs, samples(*LABELS)), expected, strict=True
        ):
            close(sample.pred_score, row)


def test_views_are_averaged_as_probabilities(float64):
    model, inputs = bdc().eval(), clips(views=2)
    with torch.no_grad():
        (both, _) = model.predict(inputs, samples(*LABELS))
        views = [
            model.predict(inputs[:, v : v + 1], samples(*LABELS))[0].pred_score
            for v in range(2)
        ]
    close(both.pred_score, sum(views) / 2)


@pytest.mark.parametrize('precision', [torch.float32, torch.float64])
def test_the_scale_is_20_at_the_start(precision):
    head = bdc(noise=0.0).to(precision).cls_head.members['bdc']
    assert head.train().scale().item() == pytest.approx(100)
    assert head.eval().scale().item() == 20


def test_chunks_change_nothing(float64, monkeypatch):
    model, inputs = bdc(), clips(frames=3)
    model.texts.draw = lambda: torch.tensor([0, 2, 4, 7, 9])

    def step():
        total, _ = model.parse_losses(
            model(inputs, samples(*LABELS), mode='loss')
        )
        return total

    expected = step()
    monkeypatch.setattr(module, 'ELEMENTS', 2 * REDUCED**2)
    tower = 'vlprompt.models.towers.token_pooling_text_tower.TEXTS'
    monkeypatch.setattr(tower, 2)
    check_gradients(model, step(), expected)
    with torch.no_grad():
        close(step(), expected)


def test_matrices_are_made_few_at_a_time(monkeypatch):
    monkeypatch.setattr(module, 'ELEMENTS', 3 * REDUCED**2)
    seen, real = [], module._centered_distances

    def watched(tokens):
        seen.append(len(tokens))
        return real(tokens)

    monkeypatch.setattr(module, '_centered_distances', watched)
    distance_covariance(torch.randn(8, 4, REDUCED))
    assert seen == [3, 3, 2]


@pytest.mark.parametrize('size', [1, 2, 7])
def test_rows_of_the_whole_matrix_sum_to_zero(float64, size):
    vectors = distance_covariance(torch.randn(3, 6, size))
    assert vectors.shape == (3, size * (size + 1) // 2)
    rows, columns = torch.triu_indices(size, size)
    whole = torch.zeros(3, size, size)
    whole[:, rows, columns] = whole[:, columns, rows] = vectors
    close(whole.sum(1), torch.zeros(3, size))


def test_the_order_of_tokens_does_not_matter(float64):
    tokens = torch.randn(2, 6, REDUCED)
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    found = distance_covariance(tokens)
    close(distance_covariance(tokens[:, order]), found)
    assert (distance_covariance(2 * tokens) - found).abs().max() > 0.01


def test_statistics_are_computed_in_single_precision_under_autocast():
    """The towers may be in bfloat16, what follows their tokens is not."""
    model, inputs = bdc().eval(), clips()
    pooler = model.backbone.token_pooler
    tokens = torch.randn(2, 3, 17, 24)
    with torch.no_grad():
        expected = pooler(tokens)
        with torch.autocast('cpu', torch.bfloat16):
            found = pooler(tokens)
            feats, _ = model.extract_feat(inputs)
            logits = model.cls_head(feats)
        assert found.dtype == torch.float32
        assert torch.equal(found, expected)
        assert feats.video_statistics.dtype == torch.float32
        assert feats.text_statistics.dtype == torch.float32
        assert torch.equal(logits, model.cls_head(feats))


def test_tokens_in_half_precision_give_finite_statistics():
    pooler = bdc().backbone.token_pooler
    statistics = pooler((0.01 * torch.randn(2, 3, 17, 24)).half())
    assert statistics.dtype == torch.float32
    assert statistics.isfinite().all()


def test_padding_of_the_text_counts(float64):
    """All 77 positions take part, those behind the end too."""
    model = bdc().eval()
    text = model.text_encoder.text
    with torch.no_grad():
        before = model.extract_feat(clips())[0]
        text.positional_embedding[-1, 0] += 5
        model.text_bank.restart()
        after = model.extract_feat(clips())[0]
    close(after.text, before.text)
    assert (after.text_statistics - before.text_statistics).abs().max() > 1e-6


def test_recomputed_layers_give_the_same_gradients(float64):
    inputs, totals = clips(frames=2), []
    models = [bdc()]
    models.append(bdc())
    for tower in (models[1].backbone, models[1].text_encoder):
        tower.with_cp = True
    for model in models:
        model.texts.draw = lambda: torch.tensor([0, 2, 4, 7, 9])
        losses = model(inputs, samples(*LABELS), mode='loss')
        totals.append(model.parse_losses(losses)[0])
        totals[-1].backward()
    close(totals[1], totals[0])
    pairs = zip(*(m.named_parameters() for m in models), strict=True)
    for (name, a), (_, b) in pairs:
        if a.requires_grad:
            close(b.grad, a.grad, name)
