"""ActionCLIP by its formulas: poolers, the temporal shift, its losses."""

import pytest
import reference
import torch
from reference_models import (
    EMBED,
    TOKENIZER,
    WIDTH,
    build,
    check_gradients,
    clips,
    close,
    cross_entropy,
    embed,
    encode_frames,
    encode_sentences,
    linear,
    project,
    samples,
    transform_frames,
    unit,
)
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import (
    SoftTargetKLLoss,
    SymmetricContrastiveLoss,
    VisualFeatures,
)
from vlprompt.registry import MODELS


def mean(pooler, frames):
    """MeanP."""
    return sum(frames) / len(frames)


def convolve(pooler, frames):
    """Conv_1D."""
    weight, zero = pooler.conv.weight, torch.zeros_like(frames[0])
    padded = [zero, *frames, zero]
    out = []
    for t in range(len(frames)):
        taps = [weight[:, 0, k] * padded[t + k] for k in range(3)]
        out.append(sum(taps) + frames[t])
    return mean(None, out)


def remember(pooler, frames):
    """LSTM."""
    lstm = pooler.lstm
    hidden = cell = torch.zeros_like(frames[0])
    out = []
    for frame in frames:
        gates = lstm.weight_ih_l0 @ frame + lstm.bias_ih_l0
        gates = gates + lstm.weight_hh_l0 @ hidden + lstm.bias_hh_l0
        write, keep, new, show = gates.view(4, -1)
        cell = keep.sigmoid() * cell + write.sigmoid() * new.tanh()
        hidden = show.sigmoid() * cell.tanh()
        out.append(hidden + frame)
    return mean(None, out)


def read_with_class_token(pooler, frames):
    """Transf_cls: post-norm layers, ReLU, a final norm."""
    tokens = torch.cat([pooler.cls_token[None], frames])
    tokens = tokens + pooler.positions[: len(tokens)]
    for layer in pooler.encoder.layers:
        told = reference.attention(tokens[None], layer.self_attn, None)[0]
        tokens = reference.layer_norm(tokens + told, layer.norm1)
        hidden = linear(tokens, layer.linear1)
        hidden = linear(hidden * (hidden > 0), layer.linear2)
        tokens = reference.layer_norm(tokens + hidden, layer.norm2)
    return reference.layer_norm(tokens, pooler.encoder.norm)[0]


TRANSFORMER = dict(
    type='TransformerPooler', num_layers=6, num_positions=8, eps=1e-12, heads=3
)
POOLERS = {
    'Transf': (TRANSFORMER, transform_frames),
    'Conv_1D': (dict(type='Conv1dPooler'), convolve),
    'LSTM': (dict(type='LSTMPooler'), remember),
    'Transf_cls': (
        dict(type='ClassTokenPooler', num_positions=3, heads=3, dropout=0.0),
        read_with_class_token,
    ),
    'MeanP': (dict(type='MeanPooler'), mean),
}


@pytest.mark.parametrize('frames', [1, 3])
@pytest.mark.parametrize('name', POOLERS)
def test_poolers_equal_the_formulas(float64, name, frames):
    pooler, formula = POOLERS[name]
    learned = ['backbone.visual.*'] + ['pooler.*'] * (name != 'MeanP')
    model, inputs = build(pooler=pooler, trainable=learned), clips(2, frames)
    video, _ = model.extract_feat(inputs, stage='neck')
    encoded = encode_frames(model, inputs)
    expected = torch.stack([formula(model.pooler, f) for f in encoded])
    close(video, expected)
    with torch.no_grad():
        video, _ = model.eval().extract_feat(inputs, stage='neck')
    close(video, expected)
    if frames == 3:
        model.train()
        video, _ = model.extract_feat(inputs, stage='neck')
        toward = torch.randn_like(video)
        ours, theirs = (video * toward).sum(), (expected * toward).sum()
        check_gradients(model, ours, theirs)


def test_the_transformers_are_those_of_the_paper():
    blocks = build(pooler=TRANSFORMER).pooler.blocks
    assert len(blocks) == 6
    assert {b.attn.num_heads for b in blocks} == {3}
    norms = [n for b in blocks for n in (b.ln_1, b.ln_2)]
    assert {n.eps for n in norms} == {1e-12}
    layers = build(pooler=POOLERS['Transf_cls'][0]).pooler.encoder.layers
    assert len(layers) == 6
    assert {x.linear1.out_features for x in layers} == {2048}
    assert {x.self_attn.num_heads for x in layers} == {3}


def test_a_new_convolution_is_a_shift():
    pooler = MODELS.build(dict(type='Conv1dPooler', embed_dim=EMBED))
    frames = torch.randn(2, 3, EMBED)
    zero = torch.zeros(2, EMBED)
    shifted = []
    for t in range(3):
        before = frames[:, t - 1] if t > 0 else zero
        after = frames[:, t + 1] if t < 2 else zero
        parts = [before[:, :6], frames[:, t, 6:18], after[:, 18:]]
        shifted.append(torch.cat(parts, -1))
    shifted = torch.stack(shifted, 1)
    assert torch.equal(pooler.aggregate(frames, None), shifted)
    video = pooler(VisualFeatures(frames, frames[:, :, None]))
    torch.testing.assert_close(video, (shifted + frames).mean(1))


def encode_shifted_frames(visual, frames):
    """(T, 3, H, W) to (T, E), patches shifted before every block."""
    tokens = [embed(visual, frame) for frame in frames]
    fold, last = WIDTH // 8, len(frames) - 1
    for module in visual.transformer.resblocks:
        shifted = []
        for t, own in enumerate(tokens):
            zero = torch.zeros_like(own)
            after = tokens[t + 1] if t < last else zero
            before = tokens[t - 1] if t > 0 else zero
            patches = [
                after[1:, :fold],
                before[1:, fold : 2 * fold],
                own[1:, 2 * fold :],
            ]
            shifted.append(torch.cat([own[:1], torch.cat(patches, 1)]))
        tokens = [reference.block(x[None], module)[0] for x in shifted]
    return torch.stack([project(visual, x) for x in tokens])


@pytest.mark.parametrize('frames', [1, 3])
@pytest.mark.parametrize('patch_tokens', [False, True])
def test_temporal_shift_equals_the_formulas(float64, patch_tokens, frames):
    model = build(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='TemporalShift')],
            patch_tokens=patch_tokens,
        ),
        trainable=['backbone.visual.*'],
    )
    inputs = clips(2, frames)
    video, _ = model.extract_feat(inputs, stage='neck')
    expected = torch.stack(
        [
            encode_shifted_frames(model.backbone.visual, x.transpose(0, 1))
            for x in inputs[:, 0]
        ]
    ).mean(1)
    close(video, expected)
    toward = torch.randn_like(video)
    ours, theirs = (video * toward).sum(), (expected * toward).sum()
    check_gradients(model, ours, theirs)


def actionclip(*templates, alignment='SoftTargetKLLoss', **kwargs):
    """ActionCLIP with the transformer after CLIP."""
    return build(
        texts=dict(
            type='BatchLabelTexts',
            template=list(templates),
            ensemble=kwargs.pop('ensemble', 'probability'),
        ),
        pooler=TRANSFORMER,
        cls_head=dict(
            type='ContrastiveHead',
            alignment=dict(type=alignment),
            test_temperature=0.01,
            average_clips='prob',
        ),
        trainable=['*'],
        **kwargs,
    )


def pool(model, inputs):
    """The first views to (B, E) videos."""
    frames = encode_frames(model, inputs)
    return torch.stack([transform_frames(model.pooler, f) for f in frames])


def same_class_divergence(scores, labels):
    """(B, B) scores, videos in rows, to the loss of both directions."""
    total = 0
    for direction in (scores, scores.T):
        for row, own in zip(direction, labels, strict=True):
            alike = torch.tensor([10.0 * (own == other) for other in labels])
            wanted = alike.exp() / alike.exp().sum()
            given = row.exp() / row.exp().sum()
            total = total + (wanted * (wanted / given).log()).sum()
    return total / len(labels) / 2


def pair_entropies(scores, labels):
    """(B, B) scores to the mean cross-entropy of both directions."""
    own = torch.eye(len(labels))
    both = cross_entropy(scores, own) + cross_entropy(scores.T, own)
    return both / 2


LOSSES = dict(
    SoftTargetKLLoss=same_class_divergence,
    SymmetricContrastiveLoss=pair_entropies,
)


def compare_actionclip(alignment, labels):
    """The library's ActionCLIP in training with the formulas."""
    model = actionclip('{}, a video of action', alignment=alignment)
    assert all(p.requires_grad for p in model.parameters())
    inputs = clips(len(labels))
    features, _ = model.extract_feat(
        inputs, data_samples=samples(*labels), stage='head'
    )
    sentences = [f'{CLASSES[c]}, a video of action' for c in labels]
    video, text = pool(model, inputs), encode_sentences(model, sentences)
    scores = model.cls_head.logit_scale.exp() * unit(video) @ unit(text).T
    close(features.video, video)
    close(features.text, text)
    close(model.cls_head.compare(features), scores.T)
    losses = model(inputs, samples(*labels), mode='loss')
    expected = LOSSES[alignment](scores, labels)
    close(losses['loss_alignment'], expected)
    check_gradients(model, losses['loss_alignment'], expected)


@pytest.mark.parametrize(
    ('alignment', 'labels'),
    [
        ('SoftTargetKLLoss', (2, 0, 2, 4)),
        ('SoftTargetKLLoss', (3, 1)),
        ('SymmetricContrastiveLoss', (2, 0, 2)),
    ],
)
def test_actionclip_equals_the_formulas(float64, alignment, labels):
    compare_actionclip(alignment, labels)


def test_actionclip_equals_the_formulas_in_single_precision():
    compare_actionclip('SoftTargetKLLoss', (2, 0, 2))


def test_two_videos_of_two_classes_aim_at_the_softmax_of_ten_and_zero(float64):
    scores = torch.tensor([[1.5, -0.5], [3.0, 0.25]])
    high = torch.tensor(10.0).exp() / (torch.tensor(10.0).exp() + 1)
    low = 1 - high
    expected = 0
    for row in ((1.5, -0.5), (0.25, 3.0), (1.5, 3.0), (0.25, -0.5)):
        own, other = torch.tensor(row).log_softmax(-1)
        expected = expected + high * (high.log() - own) / 4
        expected = expected + low * (low.log() - other) / 4
    same = torch.eye(2).bool()
    close(SoftTargetKLLoss()(scores, same), expected)
    close(SoftTargetKLLoss()(10.0 * same, same), torch.tensor(0.0))


@pytest.mark.parametrize(
    'loss', [SoftTargetKLLoss(), SymmetricContrastiveLoss()]
)
def test_videos_and_texts_may_change_places(float64, loss):
    torch.manual_seed(0)
    scores, labels = 5 * torch.randn(4, 4), torch.tensor([2, 0, 2, 4])
    same = labels[:, None] == labels
    close(loss(scores, same), loss(scores.T, same))


@pytest.mark.parametrize('kind', [SoftTargetKLLoss, SymmetricContrastiveLoss])
def test_alignment_losses_equal_the_formulas_with_a_weight(float64, kind):
    torch.manual_seed(0)
    scores, labels = 5 * torch.randn(5, 5), [2, 0, 2, 4, 2]
    table = torch.tensor(labels)
    same = table[:, None] == table
    expected = 0.5 * LOSSES[kind.__name__](scores, labels)
    close(kind(loss_weight=0.5)(scores, same), expected)


def test_each_video_meets_its_class_in_one_of_the_templates():
    templates = ('a {}', 'some {} here')
    model, labels = actionclip(*templates), [1, 3, 1, 0] * 8
    texts = model.texts(samples(*labels))
    assert texts.targets.tolist() == labels
    drawn = set()
    for ids, label in zip(texts.ids, labels, strict=True):
        lines = TOKENIZER([t.format(CLASSES[label]) for t in templates])
        width = len(ids)
        fits = [torch.equal(ids, line[:width]) for line in lines]
        assert sum(fits) == 1
        drawn.add((label, fits.index(True)))
    assert len(drawn) == 6


def test_mixed_labels_have_no_text_of_their_own():
    model = actionclip('{}')
    mixed = samples([0.5, 0.5, 0.0, 0.0, 0.0], [1.0, 0.0, 0.0, 0.0, 0.0])
    with pytest.raises(UserError, match='mixup'):
        model(clips(), mixed, mode='loss')


@pytest.mark.parametrize('views', [1, 2])
@pytest.mark.parametrize('ensemble', ['probability', 'embedding'])
def test_actionclip_tests_with_all_templates(float64, ensemble, views):
    templates = ('a photo of action {}', '{} this is an action')
    model = actionclip(*templates, ensemble=ensemble).eval()
    inputs = clips(2, views=views)
    with torch.no_grad():
        results = model.predict(inputs, samples(0, 1))
        texts = [
            unit(encode_sentences(model, [t.format(c) for c in CLASSES]))
            for t in templates
        ]
        if ensemble == 'embedding':
            texts = [unit((texts[0] + texts[1]) / 2)]
        expected = 0
        for v in range(views):
            video = unit(pool(model, inputs[:, v : v + 1]))
            for text in texts:
                p = (100 * video @ text.T).softmax(-1)
                expected = expected + p / len(texts) / views
    assert abs(model.cls_head.logit_scale.exp() - 100) > 1
    close(torch.stack([r.pred_score for r in results]), expected)
