"""A5, CLIP4Clip, ViFi-CLIP's variants, MaPLe and retrieval by the formulas.

The references go clip by clip, text by text and token by token, over 77
tokens and over the real frames alone; they share the weights of a model and
none of its parts.
"""

import itertools

import pytest
import reference
import torch
from mmaction.structures import ActionDataSample
from open_clip.tokenizer import SimpleTokenizer
from tiny import CLASSES, TINY

from vlprompt.errors import UserError
from vlprompt.models import CaptionTexts, ClassTexts
from vlprompt.registry import MODELS

TOKENIZER = SimpleTokenizer()
SHARP = {
    torch.float64: dict(atol=1e-9, rtol=0),
    torch.float32: dict(atol=1e-5, rtol=1e-5),
}
GRADIENTS = {
    torch.float64: dict(atol=1e-9, rtol=1e-7),
    torch.float32: dict(atol=1e-5, rtol=1e-5),
}
UNMOVED = 'cls_head.score.bias'  # a softmax does not see it
SQUARE = {**TINY, 'embed_dim': 16}
WIDE = {
    **TINY,
    'embed_dim': 128,
    'text_cfg': dict(TINY['text_cfg'], width=128, heads=2, layers=2),
}
LABELS = (1, 3, 1)
VALID = (4, 2, 3)
LONG = 'two dogs chase a red ball over the wet grass and ' * 9
CAPTIONS = ('a man rides a bike', 'Cooking', LONG)
A5 = dict(
    texts=dict(type='CandidateTexts', template='[4] {} [4]', num=3),
    prompts=dict(
        type='PromptLearner', text=dict(type='PositionPrompts', std=0.01)
    ),
    pooler=dict(
        type='TransformerPooler',
        num_layers=2,
        num_positions=4,
        heads=3,
        residual=False,
        start='torch',
        position_std=0.01,
    ),
    cls_head=dict(
        type='SimilarityHead', temperature=0.07, average_clips='score'
    ),
    trainable=['prompts.*', 'pooler.*'],
)
BOTH = [
    'backbone.visual.*',
    'text_encoder.text.transformer.*',
    'text_encoder.text.positional_embedding',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
    'cls_head.logit_scale',
]
FINE_TUNED = [
    'backbone.visual.transformer.*',
    'backbone.visual.ln_post.*',
    'backbone.visual.proj',
    'text_encoder.text.transformer.*',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]
IN_BATCH = dict(type='InBatchHead', alignment=dict(type='PairLoss'))
MEAN = dict(type='UnitMeanPooler')
SEQUENCE = dict(
    pooler=dict(
        type='TransformerPooler',
        num_layers=2,
        heads=2,
        start='text',
        then=MEAN,
    ),
    trainable=[*FINE_TUNED, 'pooler.*', 'cls_head.logit_scale'],
)
TIGHT = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='TightTransformerHead',
        alignment=dict(type='PairLoss'),
        num_layers=2,
        dropout=0.0,
    ),
    trainable=[
        *FINE_TUNED,
        *(
            f'cls_head.{part}*'
            for part in ('positions', 'blocks', 'ln_pool', 'dense', 'score')
        ),
    ],
)
CLIP4CLIP = dict(
    meanP=dict(pooler=MEAN, trainable=[*FINE_TUNED, 'cls_head.logit_scale']),
    seqLSTM=dict(
        pooler=dict(type='LSTMPooler', then=MEAN),
        trainable=[*FINE_TUNED, 'pooler.*', 'cls_head.logit_scale'],
    ),
    seqTransf=SEQUENCE,
    tightTransf=dict(TIGHT, noise=0.2),
    wide_tightTransf=dict(TIGHT, clip=dict(arch=WIDE)),
)


@pytest.fixture
def float64():
    """Everything in float64."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


@pytest.fixture(params=[torch.float64, torch.float32], ids=str)
def precision(request):
    """Everything in float64, and once in float32."""
    torch.set_default_dtype(request.param)
    yield
    torch.set_default_dtype(torch.float32)


def build(classes=CLASSES, noise=0.05, **parts):
    """A model in the default precision; no weight keeps a trivial value."""
    torch.manual_seed(0)
    cfg = dict(
        type='VideoTextRecognizer',
        clip=dict(arch=TINY),
        backbone=dict(type='CLIPVisionTower'),
        texts=dict(type='ClassTexts'),
        cls_head=dict(type='SimilarityHead'),
        data_preprocessor=dict(
            type='ActionDataPreprocessor', format_shape='NCTHW'
        ),
    )
    model = MODELS.build({**cfg, **parts}).to(torch.get_default_dtype())
    if classes:
        model.set_classes(classes)
    for name, p in model.named_parameters():
        if p.dim() and 'token_embedding' not in name:
            p.data += noise * torch.randn_like(p)
    return model.train()


def retrieval(name, **parts):
    """CLIP4Clip with one of its headers."""
    return build(
        **{
            'classes': None,
            'clip': dict(arch=SQUARE),
            'texts': dict(type='CaptionTexts', max_tokens=32),
            'cls_head': IN_BATCH,
            **CLIP4CLIP[name],
            **parts,
        }
    )


def clips(batch=3, frames=4):
    """(B, 1, 3, T, 32, 32) inputs."""
    return torch.randn(batch, 1, 3, frames, 32, 32)


def labelled(labels=LABELS):
    """Samples with labels, hard or soft."""
    return [ActionDataSample().set_gt_label(label) for label in labels]


def captioned(valid=VALID, captions=CAPTIONS):
    """Samples with captions and, perhaps, numbers of real frames."""
    infos = [dict(text=caption) for caption in captions]
    for i, number in enumerate(valid):
        infos[i]['num_valid_frames'] = number
    return [ActionDataSample(metainfo=info) for info in infos]


def close(ours, theirs, **tolerance):
    """Equal up to the tolerance of their precision."""
    tolerance = tolerance or SHARP[theirs.dtype]
    torch.testing.assert_close(ours, theirs, **tolerance)


def check(model, ours, theirs):
    """Tensors by name, and the gradient of the loss for what is learnt."""
    for name, tensor in theirs.items():
        close(ours[name], tensor)
    learnt = {n: p for n, p in model.named_parameters() if p.requires_grad}
    gradients = (
        torch.autograd.grad(side['loss'], list(learnt.values()))
        for side in (ours, theirs)
    )
    for name, a, b in zip(learnt, *gradients, strict=True):
        assert b.abs().sum() > 0 or name == UNMOVED, name
        torch.testing.assert_close(
            a,
            b,
            **GRADIENTS[b.dtype],
            msg=lambda text, name=name: f'{name}: {text}',
        )


def classify(model, inputs, samples):
    """Features, logits and loss of the library."""
    features, _ = model.extract_feat(inputs, data_samples=samples)
    losses = model.cls_head.loss(features, samples)
    return dict(
        video=features.video,
        text=features.text,
        logits=model.cls_head(features),
        loss=losses['loss_cls'],
        classes=features.targets,
    )


def align(model, inputs, samples):
    """Features, similarities and loss of the library, captions in rows."""
    features, _ = model.extract_feat(inputs, data_samples=samples)
    losses = model.cls_head.loss(features, samples)
    return dict(
        video=features.video,
        text=features.text,
        scores=model.cls_head.compare(features),
        loss=losses['loss_alignment'],
    )


def unit(x):
    """Vectors of length 1."""
    return x / x.pow(2).sum(-1, keepdim=True).sqrt()


def cross_entropy(logits, targets):
    """Mean over rows, targets are labels or probabilities."""
    rows = []
    for row, target in zip(logits, targets, strict=True):
        logs = row - torch.logsumexp(row, 0)
        if isinstance(target, int):
            rows.append(-logs[target])
        else:
            rows.append(-(target * logs).sum())
    return torch.stack(rows).mean()


def pair_loss(scores):
    """CLIP's loss: pairs are on the diagonal."""
    own = range(len(scores))
    return (cross_entropy(scores, own) + cross_entropy(scores.T, own)) / 2


def norm(x, module):
    """A layer norm with CLIP's epsilon."""
    centred = x - x.mean(-1, keepdim=True)
    var = (centred**2).mean(-1, keepdim=True)
    return centred / torch.sqrt(var + 1e-5) * module.weight + module.bias


def linear(x, module):
    """A linear map."""
    return x @ module.weight.T + module.bias


def quick_gelu(x):
    """CLIP's activation."""
    return x / (1 + torch.exp(-1.702 * x))


def clip_block(x, block, heads):
    """One CLIP block on one sequence (L, D), nothing hidden."""
    size = x.size(-1) // heads
    normed = norm(x, block.ln_1)
    packed = normed @ block.attn.in_proj_weight.T + block.attn.in_proj_bias
    q, k, v = packed.split(x.size(-1), -1)
    out = []
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        weights = (q[:, part] @ k[:, part].T / size**0.5).softmax(-1)
        out.append(weights @ v[:, part])
    x = x + linear(torch.cat(out, -1), block.attn.out_proj)
    hidden = quick_gelu(linear(norm(x, block.ln_2), block.mlp.c_fc))
    return x + linear(hidden, block.mlp.c_proj)


def run_blocks(x, blocks, heads):
    """CLIP blocks on one sequence."""
    for block in blocks:
        x = clip_block(x, block, heads)
    return x


def encode(model, inputs, prompts=(None,) * 4):
    """(B, 1, 3, T, H, W) to frames (B, T, E)."""
    frames = inputs[:, 0].transpose(1, 2)
    return reference.encode_frames(model.backbone.visual, frames, prompts)


def read(model, lines, num=0, prompts=(None,) * 4):
    """Lines, of which the first words stand for prompts, to (C, E)."""
    ids = TOKENIZER([('X ' * num) + line for line in lines])
    slots = [range(1, 1 + num)] * len(lines)
    return reference.encode_text(
        model.text_encoder.text, ids, slots, list(prompts)
    )


def a5_rows(table, words, name, before=4, behind=4):
    """The (77, D) rows of a class and the place where they end."""
    ids = TOKENIZER(name)[0]
    ind = int(ids.argmax())
    rows = list(table)
    rows[0] = words[ids[0]]
    for k in range(1, ind):
        rows[before + k] = words[ids[k]]
    end = before + ind + behind
    rows[end] = words[ids[ind]]
    return torch.stack(rows), end


def a5_text(model, name):
    """The table of A5, the name and both ends through the text tower."""
    text, table = model.text_encoder.text, model.prompts.free['text'].vectors
    x, end = a5_rows(table, text.token_embedding.weight, name)
    x = x + text.positional_embedding
    mask = torch.full((77, 77), -torch.inf).triu(1).to(x)
    for block in text.transformer.resblocks:
        x = reference.block(x[None], block, mask)[0]
    return norm(x[end], text.ln_final) @ text.text_projection


def a5_video(pooler, frames):
    """Positions, blocks, mean: no residual, no last norm."""
    x = frames + pooler.positions[: len(frames)]
    return run_blocks(x, pooler.blocks, 3).mean(0)


@pytest.mark.parametrize('num', [3, 5])
def test_a5_equals_the_formulas(precision, num):
    model = build(**{**A5, 'texts': dict(A5['texts'], num=num)})
    inputs, samples = clips(), labelled()
    ours = classify(model, inputs, samples)
    classes = ours.pop('classes')
    assert (classes is None) == (num == len(CLASSES))
    classes = list(range(5)) if classes is None else classes.tolist()
    assert len(set(classes)) == len(classes) == num
    assert set(LABELS) <= set(classes)

    video = torch.stack(
        [a5_video(model.pooler, f) for f in encode(model, inputs)]
    )
    text = torch.stack([a5_text(model, CLASSES[c]) for c in classes])
    logits = unit(video) @ unit(text).T / 0.07
    loss = cross_entropy(logits, [classes.index(c) for c in LABELS])
    check(model, ours, dict(video=video, text=text, logits=logits, loss=loss))


def test_a5_starts_as_published():
    model = build(noise=0, **A5)
    table = model.prompts.free['text'].vectors
    assert table.shape == (77, 16)
    assert table.std().item() == pytest.approx(0.01, rel=0.1)
    assert model.pooler.positions.shape == (4, 24)
    assert model.pooler.positions.std().item() == pytest.approx(0.01, rel=0.3)
    for block in model.pooler.blocks:
        bounds = {
            block.attn.in_proj_weight: (6 / (24 + 72)) ** 0.5,
            block.attn.out_proj.weight: 24**-0.5,
            block.mlp.c_fc.weight: 24**-0.5,
            block.mlp.c_fc.bias: 24**-0.5,
            block.mlp.c_proj.weight: 96**-0.5,
        }
        for tensor, bound in bounds.items():
            assert 0.9 * bound < tensor.abs().max() <= bound
        assert not block.attn.in_proj_bias.any()
        assert not block.attn.out_proj.bias.any()


def test_an_a5_text_ends_where_its_name_lets_it(float64):
    """Start, four rows, n words, four rows, end."""
    model = build(**A5).eval()
    table = model.prompts.free['text'].vectors
    for name, end, text in zip(
        CLASSES, model.texts().ends, model.encode_texts(), strict=True
    ):
        n = len(TOKENIZER.encode(name))
        assert end == 1 + 4 + n + 4
        assert a5_rows(table, torch.zeros(49408, 16), name)[1] == end
        (grad,) = torch.autograd.grad(text.sum(), table, retain_graph=True)
        read_rows = grad.abs().sum(-1).nonzero()[:, 0].tolist()
        assert read_rows == [*range(1, 5), *range(5 + n, 9 + n)]


def test_rows_behind_the_end_of_an_a5_text_do_not_matter(float64):
    model = build(**A5).eval()
    with torch.no_grad():
        before = model.encode_texts()
        ends = model.texts().ends
        behind = model.prompts.free['text'].vectors[int(ends.min()) :]
        behind += torch.randn_like(behind)
        model.train().eval()
        after = model.encode_texts()
        expected = torch.stack([a5_text(model, name) for name in CLASSES])
    close(after, expected)
    same = (before - after).abs().amax(-1) < 1e-12
    assert same.tolist() == (ends == ends.min()).tolist()
    assert not same.all()


def test_candidates_are_the_classes_of_the_batch_and_some_others():
    texts = build(**A5).texts
    drawn = set()
    for _ in range(40):
        classes = texts(labelled()).targets.tolist()
        assert len(set(classes)) == len(classes) == 3
        assert {1, 3} <= set(classes)
        drawn |= set(classes)
    assert drawn == set(range(5))
    many = texts(labelled([4, 0, 1, 2, 0])).targets.tolist()
    assert sorted(many) == [0, 1, 2, 4]
    assert texts.eval()(labelled()).targets is None


def test_a_loss_over_candidates_leaves_the_others_out(float64):
    model = build(**A5)
    inputs, samples = clips(), labelled()
    with torch.no_grad():
        every = unit(torch.stack([a5_text(model, c) for c in CLASSES]))
        for _ in range(4):
            ours = classify(model, inputs, samples)
            classes = ours['classes'].tolist()
            logits = (unit(ours['video']) @ every.T / 0.07)[:, classes]
            targets = [classes.index(label) for label in LABELS]
            close(ours['loss'], cross_entropy(logits, targets))
        scores = model.eval().predict(inputs, samples)
    assert all(s.pred_score.shape == (5,) for s in scores)


@pytest.mark.parametrize('num', [5, 400])
def test_enough_candidates_are_all_classes(float64, num):
    inputs, samples = clips(), labelled()
    cfg = dict(A5, cls_head=dict(A5['cls_head'], label_smooth_eps=0.1))
    sides = []
    for texts in (
        dict(A5['texts'], num=num),
        dict(type='ClassTexts', template='[4] {} [4]'),
    ):
        model = build(**{**cfg, 'texts': texts})
        loss = classify(model, inputs, samples)['loss']
        learnt = [p for p in model.parameters() if p.requires_grad]
        sides.append([loss, *torch.autograd.grad(loss, learnt)])
    for a, b in zip(*sides, strict=True):
        assert torch.equal(a, b)


def test_smoothed_labels_do_not_fit_candidates():
    head = dict(A5['cls_head'], label_smooth_eps=0.1)
    model = build(**{**A5, 'cls_head': head})
    with pytest.raises(UserError, match='label_smooth_eps'):
        model(clips(), labelled(), mode='loss')


def caption_ids(caption, limit):
    """Start, at most limit - 2 tokens, end, zeros."""
    words = TOKENIZER.encode(caption)[: limit - 2]
    ids = [49406, *words, 49407]
    return torch.tensor(ids + [0] * (77 - len(ids)))


def read_captions(model, limit=32):
    """The captions to (B, E)."""
    ids = torch.stack([caption_ids(c, limit) for c in CAPTIONS])
    text = model.text_encoder.text
    layers = len(text.transformer.resblocks)
    return reference.encode_text(text, ids, [()] * 3, [None] * layers)


def mean_p(frames, model):
    """The mean of normalised frames."""
    return unit(frames).mean(0)


def seq_lstm(frames, model):
    """An LSTM, its input added, then meanP."""
    lstm = model.pooler.lstm
    h = c = torch.zeros(frames.size(-1))
    out = []
    for x in frames:
        gates = lstm.weight_ih_l0 @ x + lstm.bias_ih_l0
        gates = gates + lstm.weight_hh_l0 @ h + lstm.bias_hh_l0
        i, f, g, o = gates.chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
        out.append(h)
    return mean_p(torch.stack(out) + frames, model)


def seq_transf(frames, model):
    """Positions and blocks, their input added, then meanP."""
    pooler = model.pooler
    x = frames + pooler.positions[: len(frames)]
    return mean_p(run_blocks(x, pooler.blocks, 2) + frames, model)


def tight_tokens(text, frames, head):
    """A text before the frames, with positions."""
    x = torch.cat([text[None], frames])
    return x + head.positions[: len(x)]


def tight_score(x, head):
    """The score that the first of the tokens gives."""
    # two heads, as the text tower that the blocks start from
    first = norm(run_blocks(x, head.blocks, 2)[0], head.ln_pool)
    return linear(quick_gelu(linear(first, head.dense)), head.score)[0]


def clip4clip(model, name, inputs):
    """Video embeddings and similarities (texts, videos)."""
    frames = [
        f[:valid]
        for f, valid in zip(encode(model, inputs), VALID, strict=True)
    ]
    text = read_captions(model)
    if name.endswith('tightTransf'):
        head = model.cls_head
        scores = [
            tight_score(tight_tokens(one, clip, head), head)
            for one, clip in itertools.product(text, frames)
        ]
        scores = torch.stack(scores).view(3, 3)
        return dict(text=text, scores=scores)
    pool = dict(meanP=mean_p, seqLSTM=seq_lstm, seqTransf=seq_transf)[name]
    video = torch.stack([pool(f, model) for f in frames])
    scale = model.cls_head.logit_scale.exp()
    scores = torch.stack(
        [torch.stack([scale * t @ v for v in unit(video)]) for t in unit(text)]
    )
    return dict(text=text, video=video, scores=scores)


@pytest.mark.parametrize('name', CLIP4CLIP)
def test_clip4clip_equals_the_formulas(precision, name):
    model = retrieval(name)
    inputs = clips()
    ours = align(model, inputs, captioned())
    theirs = clip4clip(model, name, inputs)
    theirs['loss'] = pair_loss(theirs['scores'])
    check(model, ours, theirs)


@pytest.mark.parametrize('name', CLIP4CLIP)
def test_padding_does_not_matter(float64, name):
    """A padded clip counts as its real frames alone."""
    model = retrieval(name).eval()
    inputs, samples = clips(), captioned()
    with torch.no_grad():
        features, _ = model.extract_feat(inputs, data_samples=samples)
        scores = model.cls_head.compare(features)
        for j, valid in enumerate(VALID):
            inputs[j, :, :, valid:] = 1e3
            alone, _ = model.extract_feat(
                inputs[j : j + 1, :, :, :valid],
                data_samples=captioned((), CAPTIONS[j : j + 1]),
            )
            assert alone.mask is None
            close(alone.text, features.text[j : j + 1])
            if features.video.dim() == 2:
                close(alone.video, features.video[j : j + 1])
            both = model.cls_head.compare(alone._replace(text=features.text))
            close(both, scores[:, j : j + 1])
        features, _ = model.extract_feat(inputs, data_samples=samples)
        close(model.cls_head.compare(features), scores)


@pytest.mark.parametrize('name', ['seqTransf', 'tightTransf'])
def test_clip4clip_starts_from_the_text_tower(name):
    model = retrieval(name, noise=0)
    text = model.text_encoder.text
    part = model.pooler if name == 'seqTransf' else model.cls_head
    assert torch.equal(part.positions, text.positional_embedding)
    assert part.positions is not text.positional_embedding
    assert len(part.blocks) == 2
    for own, block in zip(
        part.blocks, text.transformer.resblocks[:2], strict=True
    ):
        theirs = dict(block.named_parameters())
        assert set(theirs) == {n for n, _ in own.named_parameters()}
        for key, p in own.named_parameters():
            assert torch.equal(p, theirs[key]), key
            assert p is not theirs[key], key


def test_a_long_caption_keeps_its_start_its_first_words_and_its_end():
    words = TOKENIZER.encode(LONG)
    assert len(words) > 77
    texts = CaptionTexts(TOKENIZER, max_tokens=32)(captioned())
    ids = texts.ids[2].tolist()
    assert ids[0] == 49406
    assert ids[1:31] == words[:30]
    assert ids[31] == 49407
    assert not any(ids[32:])
    assert texts.ends.tolist() == [6, 2, 31]


def test_the_tight_head_drops_nothing_behind_its_blocks(float64):
    """CLIP4Clip has one dropout, of the tokens before the blocks."""
    head = dict(TIGHT['cls_head'], dropout=1.0)
    model = retrieval('tightTransf', cls_head=head)
    with torch.no_grad():
        scores = align(model, clips(), captioned())['scores']
        expected = [
            tight_score(torch.zeros(1 + valid, 16), model.cls_head)
            for valid in VALID
        ]
    close(scores, torch.stack(expected).expand(3, 3))


def frame_logits(model, inputs, lines):
    """(B, T, C) logits of normalised frames."""
    frames, text = encode(model, inputs), read(model, lines)
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


PHOTOS = [f'a photo of a {name}.' for name in CLASSES]


@pytest.mark.parametrize('soft', [False, True])
@pytest.mark.parametrize('fusion', ['decision', 'image'])
def test_fusions_equal_the_formulas(precision, fusion, soft):
    model, inputs = vifi(fusion), clips()
    targets = list(LABELS)
    if soft:
        targets = list(torch.rand(3, 5).softmax(-1))
    ours = classify(model, inputs, labelled(targets))
    frames, text, logits = frame_logits(model, inputs, PHOTOS)
    fused = logits.mean(1)
    if fusion == 'decision':
        loss = cross_entropy(fused, targets)
    else:
        repeated = [t for t in targets for _ in range(4)]
        loss = cross_entropy(logits.flatten(0, 1), repeated)
    check(model, ours, dict(video=frames, text=text, logits=fused, loss=loss))


def test_images_are_scored_like_decisions(float64):
    inputs = clips()
    scores = {}
    for fusion in ('decision', 'image'):
        model = vifi(fusion).eval()
        with torch.no_grad():
            results = model(inputs, labelled(), mode='predict')
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

    one = clips(frames=1)
    for inputs in (one, one.expand(-1, -1, -1, 4, -1, -1)):
        close(score('embedding', inputs), score('decision', inputs))
    inputs = clips()
    difference = score('embedding', inputs) - score('decision', inputs)
    assert difference.abs().min() > 1e-6


def prompted(model, inputs, lines, num, prompts):
    """Features and scores of a prompted CLIP, classes in columns."""
    video = encode(model, inputs, prompts['visual']).mean(1)
    text = read(model, lines, num, prompts['text'])
    scale = model.cls_head.logit_scale.exp()
    logits = scale * unit(video) @ unit(text).T
    return dict(video=video, text=text, logits=logits)


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
    inputs = clips()
    ours = classify(model, inputs, labelled())
    lines = [f'{name}.' for name in CLASSES]
    theirs = prompted(model, inputs, lines, 3, prompts)
    theirs['loss'] = cross_entropy(theirs['logits'], LABELS)
    check(model, ours, theirs)


def maple(**kwargs):
    """MaPLe: words to begin with, vision follows text with a map a layer."""
    return build(
        texts=dict(type='ClassTexts', template='[a photo] {}.'),
        prompts=dict(
            type='ViLTPrompts', coupling='text2vision', shared=False, depth=3
        ),
        trainable=['prompts.*'],
        **kwargs,
    )


def test_maple_equals_the_formulas(precision):
    model = maple()
    vectors = model.prompts.free['text'].vectors
    (coupling,) = model.prompts.couplings
    assert vectors.shape == (3, 2, 16)
    assert len(coupling.maps) == 3
    prompts = dict(
        text=[*vectors, None],
        visual=[
            *(
                linear(vector, one)
                for vector, one in zip(vectors, coupling.maps, strict=True)
            ),
            None,
        ],
    )
    inputs = clips()
    ours = classify(model, inputs, labelled())
    lines = [f'{name}.' for name in CLASSES]
    theirs = prompted(model, inputs, lines, 2, prompts)
    theirs['loss'] = cross_entropy(theirs['logits'], LABELS)
    check(model, ours, theirs)


def test_maple_starts_as_the_words_of_its_template(float64):
    """Unlearnt, its first text prompts are CLIP's words."""
    model = maple(noise=0)
    vectors = model.prompts.free['text'].vectors
    table = model.text_encoder.text.token_embedding.weight
    assert torch.equal(vectors[0], table[torch.tensor([320, 1125])])
    assert vectors[1:].std().item() == pytest.approx(0.02, rel=0.3)
    maps = model.prompts.couplings[0].maps
    for other in maps[1:]:
        assert other.weight is not maps[0].weight
        assert torch.equal(other.weight, maps[0].weight)
    words = ClassTexts(TOKENIZER, '[a photo] {}.', classes=CLASSES)()
    lines = [f'a photo {name}.' for name in CLASSES]
    deep = [None, *vectors[1:], None]
    text = reference.encode_text(
        model.text_encoder.text, TOKENIZER(lines), words.slots, deep
    )
    close(model.encode_texts(), text)


def test_retrieval_with_vilt_clip_equals_the_formulas(precision):
    model = build(
        classes=None,
        texts=dict(type='CaptionTexts', template='[3] {}'),
        prompts=dict(type='ViLTPrompts', depth=4, split=2),
        cls_head=IN_BATCH,
        trainable=['prompts.*'],
    )
    free = model.prompts.free
    to_visual, to_text = (c.maps[0] for c in model.prompts.couplings)
    first, last = free['text'].vectors, free['visual'].vectors
    assert first.shape == (2, 3, 16)
    assert last.shape == (2, 3, 32)
    prompts = dict(
        text=[*first, *(linear(p, to_text) for p in last)],
        visual=[*(linear(p, to_visual) for p in first), *last],
    )
    inputs = clips()
    ours = align(model, inputs, captioned(()))

    video = encode(model, inputs, prompts['visual']).mean(1)
    ids = torch.zeros(3, 77).long()
    for row, caption in zip(ids, CAPTIONS, strict=True):
        words = TOKENIZER.encode(caption)[: 77 - 2 - 3]
        line = [49406, 343, 343, 343, *words, 49407]
        row[: len(line)] = torch.tensor(line)
    assert ids[2, 76] == 49407
    text = reference.encode_text(
        model.text_encoder.text, ids, [range(1, 4)] * 3, prompts['text']
    )
    scores = model.cls_head.logit_scale.exp() * unit(text) @ unit(video).T
    theirs = dict(
        video=video, text=text, scores=scores, loss=pair_loss(scores)
    )
    check(model, ours, theirs)
