"""CLIP4Clip's four headers by their formulas, over the real frames alone."""

import itertools

import pytest
import reference
import torch
from reference_models import (
    CAPTIONS,
    IN_BATCH,
    LONG,
    TOKENIZER,
    align,
    build,
    captioned,
    check,
    clips,
    close,
    encode_frames,
    linear,
    norm,
    pair_loss,
    quick_gelu,
    run_blocks,
    unit,
)
from tiny import TINY

from vlprompt.models import CaptionTexts

SQUARE = {**TINY, 'embed_dim': 16}
WIDE = {
    **TINY,
    'embed_dim': 128,
    'text_cfg': dict(TINY['text_cfg'], width=128, heads=2, layers=2),
}
VALID = (4, 2, 3)
UNMOVED = 'cls_head.score.bias'  # a softmax does not see it
FINE_TUNED = [
    'backbone.visual.transformer.*',
    'backbone.visual.ln_post.*',
    'backbone.visual.proj',
    'text_encoder.text.transformer.*',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]
MEAN = dict(type='UnitMeanPooler')
SEQUENCE = dict(
    pooler=dict(
        type='TransformerPooler',
        num_layers=2,
        heads=2,
        eps=1e-12,
        init='text',
        reduce=MEAN,
    ),
    trainable=[*FINE_TUNED, 'pooler.*', 'cls_head.logit_scale'],
)
TIGHT = dict(
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='TightTransformerHead',
        alignment=dict(type='SymmetricContrastiveLoss'),
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
        pooler=dict(type='LSTMPooler', reduce=MEAN),
        trainable=[*FINE_TUNED, 'pooler.*', 'cls_head.logit_scale'],
    ),
    seqTransf=SEQUENCE,
    tightTransf=dict(TIGHT, noise=0.2),
    wide_tightTransf=dict(TIGHT, clip=dict(arch=WIDE)),
)


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
        for f, valid in zip(encode_frames(model, inputs), VALID, strict=True)
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


@pytest.mark.parametrize('name', ['seqTransf', 'tightTransf'])
def test_epsilons_are_the_published_ones(name):
    found = {'backbone': set(), 'text_encoder': set(), 'new': set()}
    for path, module in retrieval(name).named_modules():
        if isinstance(module, torch.nn.LayerNorm):
            found.get(path.split('.')[0], found['new']).add(module.eps)
    assert found == {
        'backbone': {1e-5},
        'text_encoder': {1e-5},
        'new': {1e-12},
    }


@pytest.mark.parametrize('name', CLIP4CLIP)
def test_clip4clip_equals_the_formulas(precision, name):
    model = retrieval(name)
    inputs = clips(3, 4)
    ours = align(model, inputs, captioned(VALID))
    theirs = clip4clip(model, name, inputs)
    theirs['loss'] = pair_loss(theirs['scores'])
    check(model, ours, theirs, [UNMOVED])


@pytest.mark.parametrize('name', CLIP4CLIP)
def test_padding_does_not_matter(float64, name):
    """A padded clip counts as its real frames alone."""
    model = retrieval(name).eval()
    inputs, padded = clips(3, 4), captioned(VALID)
    with torch.no_grad():
        features, _ = model.extract_feat(inputs, data_samples=padded)
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
        features, _ = model.extract_feat(inputs, data_samples=padded)
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
        scores = align(model, clips(3, 4), captioned(VALID))['scores']
        expected = [
            tight_score(torch.zeros(1 + valid, 16), model.cls_head)
            for valid in VALID
        ]
    close(scores, torch.stack(expected).expand(3, 3))
