"""X-Pool and T-MASS by their formulas, pair by pair, over the real frames."""

import pytest
import torch
from reference_models import (
    CAPTIONS,
    EMBED,
    align,
    build,
    captioned,
    check,
    clips,
    close,
    encode_frames,
    encode_sentences,
    linear,
    norm,
    pair_loss,
    unit,
)

from vlprompt.errors import UserError
from vlprompt.models import StochasticTextHead, TextPoolingHead

LINES = ('a man rides a bike', 'Cooking', 'two dogs chase a red ball')
VALID = (4, 2, 3)
ALIGNMENT = dict(type='SymmetricContrastiveLoss')
XPOOL = dict(type='TextPoolingHead', alignment=ALIGNMENT, dropout=0.0)
TMASS = dict(
    XPOOL,
    type='StochasticTextHead',
    num_frames=5,
    num_samples=3,
    support_weight=0.8,
)
# a shift of all scores of a text, which a softmax does not see
UNMOVED = [f'cls_head.pooling.{name}' for name in ('k_proj.bias',)]


def retrieval(head, **options):
    """A model of captions that keeps the frames; all of it is learnt."""
    return build(
        classes=None,
        texts=dict(type='CaptionTexts', max_tokens=32),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(head, **options),
        trainable=[
            '*.transformer.*',
            '*.ln_post.*',
            '*.visual.proj',
            'text_encoder.text.ln_final.*',
            'text_encoder.text.text_projection',
            'cls_head.*',
        ],
    )


def pool(text, frames, pooling):
    """(E,) text and (T, E) frames to the (E,) video that the text sees."""
    query = linear(norm(text, pooling.ln_1), pooling.q_proj)
    heads = pooling.num_heads
    size = len(text) // heads
    seen = []
    for h in range(heads):
        part = slice(h * size, (h + 1) * size)
        logits, values = [], []
        for frame in frames:
            frame = norm(frame, pooling.ln_1)
            key = linear(frame, pooling.k_proj)[part]
            logits.append(query[part] @ key / size**0.5)
            values.append(linear(frame, pooling.v_proj)[part])
        weights = torch.stack(logits).softmax(0)
        seen.append(sum(w * v for w, v in zip(weights, values, strict=True)))
    out = norm(linear(torch.cat(seen), pooling.out_proj), pooling.ln_2)
    return norm(out + linear(out, pooling.linear), pooling.ln_3)


def radius(text, frames, head):
    """(E,) text and (T, E) frames to the (E,) radius."""
    out = head.radius.bias
    for t, frame in enumerate(frames):
        out = out + head.radius.weight[:, t] * (unit(text) @ unit(frame))
    return out.exp()


def grid(entry):
    """A function of text and video numbers to a 3 x 3 matrix."""
    return torch.stack(
        [torch.stack([entry(m, b) for b in range(3)]) for m in range(3)]
    )


def read(model, inputs, valid=VALID):
    """(3, E) texts and the real frames of three clips."""
    text = encode_sentences(model, list(LINES))
    frames = [
        f[:number]
        for f, number in zip(encode_frames(model, inputs), valid, strict=True)
    ]
    return text, frames


def cosine(a, b):
    return unit(a) @ unit(b)


def xpool(model, inputs):
    """Texts, scores and loss."""
    text, frames = read(model, inputs)
    head = model.cls_head
    scores = head.logit_scale.exp() * grid(
        lambda m, b: cosine(text[m], pool(text[m], frames[b], head.pooling))
    )
    return dict(text=text, scores=scores, loss=pair_loss(scores))


def points(text, frames, head):
    """The (S, E) points of a text for a video in evaluation."""
    spread = radius(text, frames, head)
    return [text + u * spread for u in head.draws.to(text)]


def best(text, frames, head, pooled):
    """The point that is best for a video."""
    found = points(text, frames, head)
    return max(found, key=lambda point: cosine(point, pooled).item())


def tmass(model, inputs, noise):
    """Texts, test scores, training losses."""
    text, frames = read(model, inputs)
    head = model.cls_head
    scale = head.logit_scale.exp()
    pooled = [
        [pool(t, f, head.pooling) for f in frames] for t in text
    ]  # by text, then by video
    scores = scale * grid(
        lambda m, b: cosine(
            best(text[m], frames[b], head, pooled[m][b]), pooled[m][b]
        )
    )
    drawn, nearest = [], []
    for i in range(3):
        spread = radius(text[i], frames[i], head)
        drawn.append(text[i] + noise[i] * spread)
        mean = (pooled[0][i] + pooled[1][i] + pooled[2][i]) / 3
        nearest.append(text[i] + spread * unit(mean - text[i]))

    def loss(found):
        cosines = grid(lambda m, b: cosine(found[m], pooled[m][b]))
        return pair_loss(scale * cosines)

    losses = loss(drawn), loss(nearest)
    return dict(text=text, scores=scores, loss=losses[0], support=losses[1])


def by_own_caption(model, inputs):
    """T-MASS's published test scores, captions in rows."""
    text, frames = read(model, inputs)
    head = model.cls_head

    def score(m, b):
        honest = pool(text[m], frames[b], head.pooling)
        point = best(text[m], frames[b], head, honest)
        return cosine(point, pool(text[b], frames[b], head.pooling))

    return head.logit_scale.exp() * grid(score)


@pytest.mark.parametrize(
    'options', [{}, dict(num_heads=4), dict(texts_at_once=1)]
)
def test_xpool_equals_the_formulas(precision, options):
    """With one head or several, and with any number of texts at once."""
    model = retrieval(XPOOL, **options)
    inputs = clips(3, 4)
    ours = align(model, inputs, captioned(VALID, LINES))
    check(model, ours, xpool(model, inputs), UNMOVED)


def test_tmass_equals_the_formulas(precision):
    model = retrieval(TMASS)
    inputs, samples = clips(3, 4), captioned(VALID, LINES)
    torch.manual_seed(7)
    ours = align(model, inputs, samples)
    torch.manual_seed(7)
    noise = torch.rand(3, EMBED)
    theirs = tmass(model, inputs, noise)
    torch.manual_seed(7)
    losses = model(inputs, samples, mode='loss')
    close(losses['loss_alignment'], theirs['loss'], 'loss')
    close(losses['loss_support'], 0.8 * theirs['support'], 'support')
    theirs['loss'] = theirs['loss'] + 0.8 * theirs.pop('support')
    ours['loss'] = losses['loss_alignment'] + losses['loss_support']
    check(model, ours, theirs, UNMOVED)


def test_the_two_test_scores_of_tmass(precision):
    """Pooled by the query, and as released by the video's own caption."""
    model = retrieval(TMASS).eval()
    inputs = clips(3, 4)
    with torch.no_grad():
        features, _ = model.extract_feat(
            inputs, data_samples=captioned(VALID, LINES)
        )
        head = model.cls_head
        honest = head.compare(features)
        leaky = head.compare_by_own_caption(features, features.text)
        close(leaky, by_own_caption(model, inputs), 'published')
        noise = torch.zeros(3, EMBED)
        close(honest, tmass(model, inputs, noise)['scores'], 'scores')
    same = torch.eye(3, dtype=torch.bool)
    close(leaky[same], honest[same])
    assert (leaky - honest)[~same].abs().min() > 1e-4


@pytest.mark.parametrize('head', [XPOOL, TMASS], ids=['xpool', 'tmass'])
@pytest.mark.parametrize('frames', [1, 2, 3])
def test_padding_and_blocks_change_nothing(float64, head, frames):
    """A padded clip counts as its real frames alone."""
    model = retrieval(head).eval()
    inputs = clips(3, 4)
    inputs[:, :, :, frames:] = 1e3
    samples = captioned([frames] * 3, LINES)
    with torch.no_grad():
        padded, _ = model.extract_feat(inputs, data_samples=samples)
        alone, _ = model.extract_feat(
            inputs[:, :, :, :frames], data_samples=captioned((), LINES)
        )
        scores = model.cls_head.compare(alone)
        close(model.cls_head.compare(padded), scores)
        for number in (1, 2, 3):
            model.cls_head.texts_at_once = number
            close(model.cls_head.compare(padded), scores)


def test_gradients_do_not_depend_on_blocks(float64):
    losses = []
    for number in (1, 2, 64):
        model = retrieval(XPOOL, texts_at_once=number)
        samples = captioned(VALID, CAPTIONS)
        loss = model(clips(3, 4), samples, mode='loss')['loss_alignment']
        loss.backward()
        losses.append(
            [loss] + [p.grad for p in model.parameters() if p.grad is not None]
        )
    for other in losses[1:]:
        for ours, theirs in zip(other, losses[0], strict=True):
            torch.testing.assert_close(ours, theirs, atol=1e-9, rtol=1e-7)


def test_xpool_starts_from_identities_and_has_the_published_size():
    head = TextPoolingHead(512, alignment=ALIGNMENT)
    size = sum(p.numel() for p in head.pooling.parameters())
    assert size == 1_316_352
    for name in ('q_proj', 'k_proj', 'v_proj', 'out_proj', 'linear'):
        module = getattr(head.pooling, name)
        assert torch.equal(module.weight, torch.eye(512))
        assert not module.bias.any()


def test_tmass_has_the_published_size():
    """The release has one more, a scalar that nothing uses."""
    head = StochasticTextHead(512, num_frames=12, alignment=ALIGNMENT)
    assert sum(p.numel() for p in head.radius.parameters()) == 6_656
    assert head.draws.shape == (20, 512)
    assert 0 <= head.draws.min() < 0.01 and 0.99 < head.draws.max() < 1
    torch.manual_seed(0)
    other = StochasticTextHead(512, num_frames=12, alignment=ALIGNMENT)
    assert torch.equal(head.draws, other.draws)
    assert 'draws' not in head.state_dict()


def test_what_does_not_fit_is_refused():
    with pytest.raises(UserError, match='num_heads=5 does not divide'):
        TextPoolingHead(64, num_heads=5, alignment=ALIGNMENT)
    with pytest.raises(UserError, match='texts_at_once=0'):
        TextPoolingHead(64, texts_at_once=0, alignment=ALIGNMENT)
    with pytest.raises(UserError, match='num_samples=0'):
        StochasticTextHead(
            64, num_frames=4, num_samples=0, alignment=ALIGNMENT
        )
    model = retrieval(TMASS, num_frames=3).eval()
    features, _ = model.extract_feat(
        clips(3, 4), data_samples=captioned((), LINES)
    )
    with pytest.raises(UserError, match='clips of 4 .* set its num_frames'):
        model.cls_head.compare(features)
    text = features.text.expand(3, 3, -1)
    with pytest.raises(UserError, match='leave out the conditioner'):
        model.cls_head.compare(features._replace(text=text))
