"""X-CLIP and ActionCLIP, written out from the formulas of their papers.

Full sequences, loops over frames, heads, videos and pairs; the library only
lends its weights.
"""

import pytest
import reference
import torch
from mmaction.structures import ActionDataSample
from open_clip.tokenizer import SimpleTokenizer
from tiny import CLASSES, TINY
from torch import nn

from vlprompt.errors import UserError
from vlprompt.models import PairLoss, SameClassKLLoss, VisualFeatures
from vlprompt.registry import MODELS

WIDTH, EMBED = 32, 24
DOUBLE = dict(atol=1e-9, rtol=0)
DOUBLE_GRADIENTS = dict(atol=1e-9, rtol=1e-7)
SINGLE = dict(atol=1e-5, rtol=1e-5)


@pytest.fixture
def float64():
    """MMAction2 smooths labels in the default precision."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def build(**parts):
    """A tiny model in the default precision, no weight of which is trivial."""
    torch.manual_seed(0)
    cfg = dict(
        type='VideoTextRecognizer',
        clip=dict(arch=TINY),
        backbone=dict(type='CLIPVisionTower'),
        texts=dict(type='ClassTexts', template='{}'),
        cls_head=dict(type='SimilarityHead'),
        data_preprocessor=dict(
            type='ActionDataPreprocessor', format_shape='NCTHW'
        ),
    )
    model = MODELS.build({**cfg, **parts}).to(torch.get_default_dtype())
    model.set_classes(CLASSES)
    for p in model.parameters():
        p.data += 0.05 * torch.randn_like(p)
    return model.train()


def clips(batch=2, frames=3, views=1):
    """(B, V, 3, T, H, W) pixels."""
    torch.manual_seed(1)
    return torch.randn(batch, views, 3, frames, 32, 32)


def samples(*labels):
    """Labelled samples; a label is a number or a list of probabilities."""
    return [
        ActionDataSample().set_gt_label(
            torch.tensor(label) if isinstance(label, list) else label
        )
        for label in labels
    ]


def check(ours, theirs, **tolerance):
    """The same values."""
    torch.testing.assert_close(ours, theirs, **tolerance)


def check_gradients(model, ours, theirs, **tolerance):
    """Two scalars with the same gradient in every tensor that is learnt."""
    learnt = {n: p for n, p in model.named_parameters() if p.requires_grad}
    assert learnt
    pairs = zip(
        torch.autograd.grad(ours, list(learnt.values())),
        torch.autograd.grad(theirs, list(learnt.values())),
        strict=True,
    )
    for name, (a, b) in zip(learnt, pairs, strict=True):
        assert b.any(), name
        torch.testing.assert_close(
            a, b, **tolerance, msg=lambda m, n=name: f'{n}: {m}'
        )


def linear(x, module):
    """A linear map with or without a bias."""
    x = x @ module.weight.T
    return x if module.bias is None else x + module.bias


def unit(x):
    """Vectors of length one."""
    return x / (x**2).sum(-1, keepdim=True).sqrt()


def cross_entropy(logits, targets):
    """(B, C) logits and (B, C) probabilities to their mean entropy."""
    total = 0
    for row, target in zip(logits, targets, strict=True):
        p = row.exp() / row.exp().sum()
        total = total - (target * p.log()).sum()
    return total / len(logits)


def encode_sentences(model, sentences):
    """M sentences to (M, E), all 77 tokens of each."""
    ids = SimpleTokenizer()(list(sentences))
    assert ids.shape == (len(ids), 77)
    slots = ids.new_zeros(len(ids), 0)
    text = model.text_encoder.text
    return reference.encode_text(text, ids, slots, [None] * 4)


def encode_frames(model, inputs):
    """The frames of the first view by CLIP, (B, T, E)."""
    frames = inputs[:, 0].transpose(1, 2)
    return reference.encode_frames(model.backbone.visual, frames, [None] * 4)


def embed(visual, frame):
    """One (3, H, W) frame to its (1 + P, D) tokens after the first norm."""
    size = visual.patch_size[0]
    rows = [visual.class_embedding]
    for y in range(0, frame.size(1), size):
        for x in range(0, frame.size(2), size):
            cell = frame[:, y : y + size, x : x + size]
            rows.append(visual.conv1.weight.flatten(1) @ cell.flatten())
    tokens = torch.stack(rows) + visual.positional_embedding
    return reference.layer_norm(tokens, visual.ln_pre)


def project(visual, tokens):
    """(N, D) tokens of a frame after the last layer to its (E,) embedding."""
    return reference.layer_norm(tokens[0], visual.ln_post) @ visual.proj


# X-CLIP

XCLIP = dict(
    backbone=dict(
        type='CLIPVisionTower',
        adapters=[dict(type='MessageToken')],
        patch_tokens=True,
    ),
    pooler=dict(
        type='TransformerPooler', num_layers=1, num_positions=3, heads=3
    ),
    conditioner=dict(type='VideoSpecificPrompts', heads=2),
    cls_head=dict(
        type='SimilarityHead', label_smooth_eps=0.1, average_clips='prob'
    ),
    trainable=['backbone.*', 'pooler.*', 'conditioner.*'],
)


def messages(tokens, adapter):
    """The (N, D) tokens of T frames to the (T, D) messages of a layer."""
    message = linear(torch.stack([x[0] for x in tokens]), adapter.message_fc)
    normed = reference.layer_norm(message, adapter.message_ln)
    told = reference.attention(normed[None], adapter.message_attn, None)[0]
    return message + told


def encode_communicating_frames(backbone, frames):
    """(T, 3, H, W) to (T, E) embeddings and (T, P, D) patches."""
    visual = backbone.visual
    tokens = [embed(visual, frame) for frame in frames]
    for i, module in enumerate(visual.transformer.resblocks):
        told = messages(tokens, backbone.adapters[i][0])
        tokens = [
            reference.block(torch.cat([x, m[None]])[None], module)[0, :-1]
            for x, m in zip(tokens, told, strict=True)
        ]
    embedded = torch.stack([project(visual, x) for x in tokens])
    return embedded, torch.stack([x[1:] for x in tokens])


def transform_frames(pooler, frames):
    """(T, E) frames to the (E,) mean of what CLIP blocks add to them."""
    tokens = frames + pooler.positions[: len(frames)]
    for module in pooler.blocks:
        tokens = reference.block(tokens[None], module)[0]
    return (tokens + frames).mean(0)


def look(text, video, module, heads):
    """(C, E) texts attend to (P, E) patches."""
    q, k, v = (
        linear(x, m)
        for x, m in (
            (text, module.q_proj),
            (video, module.k_proj),
            (video, module.v_proj),
        )
    )
    size, out = EMBED // heads, []
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:, part] @ k[:, part].T / size**0.5
        out.append(scores.softmax(-1) @ v[:, part])
    return linear(torch.cat(out, -1), module.out_proj)


def rewrite_texts(conditioner, text, patches, heads=2):
    """(C, E) texts and the (T, P, D) patches of a video to (C, E) texts."""
    seen = reference.layer_norm(patches, conditioner.visual_ln)
    seen = (seen @ conditioner.visual_proj).sum(0) / len(patches)
    seen = reference.layer_norm(seen, conditioner.norm)
    made = text
    for layer in conditioner.layers:
        normed = reference.layer_norm(made, layer.norm1)
        made = made + look(normed, seen, layer.cross_attn, heads)
        hidden = reference.layer_norm(made, layer.norm3)
        hidden = linear(hidden, layer.mlp[0])
        hidden = hidden * torch.sigmoid(1.702 * hidden)
        made = made + linear(hidden, layer.mlp[2])
    return text + conditioner.alpha * made


def xclip(model, inputs):
    """(B, V, 3, T, H, W) to (B * V, E), (B * V, C, E), (B * V, C) logits."""
    names = encode_sentences(model, CLASSES)
    videos, texts, logits = [], [], []
    for clip in inputs.flatten(0, 1):
        frames, patches = encode_communicating_frames(
            model.backbone, clip.transpose(0, 1)
        )
        video = transform_frames(model.pooler, frames)
        text = rewrite_texts(model.conditioner, names, patches)
        scale = model.cls_head.logit_scale.exp()
        videos.append(video)
        texts.append(text)
        logits.append(scale * unit(text) @ unit(video))
    return torch.stack(videos), torch.stack(texts), torch.stack(logits)


def smooth(labels):
    """Labels to (B, C) targets, a tenth of them spread over all classes."""
    targets = torch.full((len(labels), len(CLASSES)), 0.1 / len(CLASSES))
    for target, label in zip(targets, labels, strict=True):
        if isinstance(label, list):
            target += 0.9 * torch.tensor(label)
        else:
            target[label] += 0.9
    return targets


def compare_xclip(labels, frames, values, gradients):
    """The library's X-CLIP in training with the formulas."""
    model, inputs = build(**XCLIP), clips(len(labels), frames)
    features, _ = model.extract_feat(inputs)
    video, text, logits = xclip(model, inputs)
    check(features.video, video, **values)
    check(features.text, text, **values)
    check(model.cls_head(features), logits, **values)
    loss = model(inputs, samples(*labels), mode='loss')['loss_cls']
    expected = cross_entropy(logits, smooth(labels))
    check(loss, expected, **values)
    check_gradients(model, loss, expected, **gradients)


@pytest.mark.parametrize(
    ('labels', 'frames'),
    [
        ((1, 3), 3),
        ((4, 4), 2),
        (([0.7, 0.0, 0.3, 0.0, 0.0], [0.0, 0.1, 0.0, 0.0, 0.9]), 3),
    ],
    ids=['frames at all positions', 'fewer frames', 'mixed labels'],
)
def test_xclip_equals_the_formulas(float64, labels, frames):
    compare_xclip(labels, frames, DOUBLE, DOUBLE_GRADIENTS)


def test_xclip_equals_the_formulas_in_single_precision():
    compare_xclip((1, 3), 3, SINGLE, SINGLE)


def test_xclip_learns_in_all_but_the_texts_and_the_scale():
    model = build(**XCLIP)
    for name, p in model.named_parameters():
        frozen = name.startswith('text_encoder.') or 'logit_scale' in name
        assert p.requires_grad != frozen, name


def test_xclip_averages_the_probabilities_of_views(float64):
    model, inputs = build(**XCLIP).eval(), clips(2, views=2)
    with torch.no_grad():
        results = model.predict(inputs, samples(0, 1))
        logits = xclip(model, inputs)[2].view(2, 2, -1)
    for result, views in zip(results, logits, strict=True):
        expected = (views[0].softmax(-1) + views[1].softmax(-1)) / 2
        check(result.pred_score, expected, **DOUBLE)


def test_xclip_starts_with_texts_a_tenth_larger_and_little_of_the_video():
    torch.manual_seed(0)
    part = MODELS.build(
        dict(type='VideoSpecificPrompts', width=WIDTH, embed_dim=EMBED)
    )
    text = torch.randn(5, EMBED)
    tokens = torch.randn(2, 3, 17, WIDTH)
    visual = VisualFeatures(torch.randn(2, 3, EMBED), tokens)
    assert torch.equal(part.alpha, torch.full((EMBED,), 0.1))
    change = part(text, visual) - 1.1 * text
    assert 0 < change.abs().max() < 0.1


def test_more_frames_than_positions_are_refused():
    model = build(**XCLIP)
    with pytest.raises(UserError, match='4 frames.*3 at most'):
        model(clips(2, 4), samples(0, 1), mode='loss')
    model = build(pooler=dict(type='ClassTokenPooler', num_positions=2))
    with pytest.raises(UserError, match='3 frames.*2 at most'):
        model(clips(2, 3), samples(0, 1), mode='loss')


# ActionCLIP: from frames to a video


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
    learnt = ['backbone.visual.*'] + ['pooler.*'] * (name != 'MeanP')
    model, inputs = build(pooler=pooler, trainable=learnt), clips(2, frames)
    video, _ = model.extract_feat(inputs, stage='neck')
    encoded = encode_frames(model, inputs)
    expected = torch.stack([formula(model.pooler, f) for f in encoded])
    check(video, expected, **DOUBLE)
    with torch.no_grad():
        video, _ = model.eval().extract_feat(inputs, stage='neck')
    check(video, expected, **DOUBLE)
    if frames == 3:
        model.train()
        video, _ = model.extract_feat(inputs, stage='neck')
        toward = torch.randn_like(video)
        check_gradients(
            model,
            (video * toward).sum(),
            (expected * toward).sum(),
            **DOUBLE_GRADIENTS,
        )


def test_the_transformers_are_those_of_the_papers():
    model = build(**XCLIP)
    assert len(model.pooler.blocks) == 1
    assert model.pooler.blocks[0].attn.num_heads == 3
    assert len(model.conditioner.layers) == 2
    for part in (model.backbone.adapters, model.pooler, model.conditioner):
        norms = [m for m in part.modules() if isinstance(m, nn.LayerNorm)]
        assert {n.eps for n in norms} == {1e-5}
    for adapters in model.backbone.adapters:
        assert adapters[0].message_attn.num_heads == 2  # as in the tower
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
    check(pooler.aggregate(frames, None), shifted, atol=0, rtol=0)
    video = pooler(VisualFeatures(frames, frames[:, :, None]))
    check(video, (shifted + frames).mean(1))


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
    check(video, expected, **DOUBLE)
    toward = torch.randn_like(video)
    check_gradients(
        model,
        (video * toward).sum(),
        (expected * toward).sum(),
        **DOUBLE_GRADIENTS,
    )


# ActionCLIP: videos and texts


def actionclip(*templates, alignment='SameClassKLLoss', **kwargs):
    """ActionCLIP with the transformer after CLIP."""
    return build(
        texts=dict(
            type='LabelTexts',
            template=list(templates),
            ensemble=kwargs.pop('ensemble', 'probability'),
        ),
        pooler=TRANSFORMER,
        cls_head=dict(
            type='InBatchHead',
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


LOSSES = dict(SameClassKLLoss=same_class_divergence, PairLoss=pair_entropies)


def compare_actionclip(alignment, labels, values, gradients):
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
    check(features.video, video, **values)
    check(features.text, text, **values)
    check(model.cls_head.compare(features), scores.T, **values)
    losses = model(inputs, samples(*labels), mode='loss')
    expected = LOSSES[alignment](scores, labels)
    check(losses['loss_alignment'], expected, **values)
    check_gradients(model, losses['loss_alignment'], expected, **gradients)


@pytest.mark.parametrize(
    ('alignment', 'labels'),
    [
        ('SameClassKLLoss', (2, 0, 2, 4)),
        ('SameClassKLLoss', (3, 1)),
        ('PairLoss', (2, 0, 2)),
    ],
)
def test_actionclip_equals_the_formulas(float64, alignment, labels):
    compare_actionclip(alignment, labels, DOUBLE, DOUBLE_GRADIENTS)


def test_actionclip_equals_the_formulas_in_single_precision():
    compare_actionclip('SameClassKLLoss', (2, 0, 2), SINGLE, SINGLE)


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
    check(SameClassKLLoss()(scores, same), expected, **DOUBLE)
    check(SameClassKLLoss()(10.0 * same, same), torch.tensor(0.0), **DOUBLE)


@pytest.mark.parametrize('loss', [SameClassKLLoss(), PairLoss()])
def test_videos_and_texts_may_change_places(float64, loss):
    torch.manual_seed(0)
    scores, labels = 5 * torch.randn(4, 4), torch.tensor([2, 0, 2, 4])
    same = labels[:, None] == labels
    check(loss(scores, same), loss(scores.T, same), **DOUBLE)


@pytest.mark.parametrize('kind', [SameClassKLLoss, PairLoss])
def test_alignment_losses_equal_the_formulas_with_a_weight(float64, kind):
    torch.manual_seed(0)
    scores, labels = 5 * torch.randn(5, 5), [2, 0, 2, 4, 2]
    table = torch.tensor(labels)
    same = table[:, None] == table
    expected = 0.5 * LOSSES[kind.__name__](scores, labels)
    check(kind(loss_weight=0.5)(scores, same), expected, **DOUBLE)


def test_each_video_meets_its_class_in_one_of_the_templates():
    templates, tokenizer = ('a {}', 'some {} here'), SimpleTokenizer()
    model, labels = actionclip(*templates), [1, 3, 1, 0] * 8
    texts = model.texts(samples(*labels))
    assert texts.targets.tolist() == labels
    drawn = set()
    for ids, label in zip(texts.ids, labels, strict=True):
        lines = tokenizer([t.format(CLASSES[label]) for t in templates])
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
    check(torch.stack([r.pred_score for r in results]), expected, **DOUBLE)
