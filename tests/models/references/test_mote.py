"""MoTE by its formulas, one clip, block and expert after the other."""

import math

import pytest
import reference
import torch
from reference_models import (
    build,
    check_gradients,
    clips,
    close,
    cosine_logits,
    cross_entropy,
    encode_frames,
    encode_sentences,
    quick_gelu,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import MoTEHead, VideoTextFeatures

LABELS, KNOWN = (1, 3), len(CLASSES)
BLOCKS, EXPERTS, HEADS = 2, 3, 2
NOVEL = ('juggling', 'playing the violin', 'tai chi')
TAUS = (-9.6, -4.8, -2.4, -1.2, -0.6, 0.6, 1.2, 2.4, 4.8, 9.6, math.inf)


def build_mote(num_experts=EXPERTS, supervised=KNOWN, **kwargs):
    """Frozen texts, a vision tower and experts that are trained."""
    return build(
        pooler=dict(type='IdentityPooler'),
        texts=dict(type='ClassTexts', template=['a photo of {}.', 'a {}']),
        cls_head=dict(
            type='MoTEHead',
            num_layers=BLOCKS,
            num_experts=num_experts,
            num_positions=5,
            num_supervised=supervised,
            nearest=2,
            test_temperature=1.0,
            average_clips='prob',
            **kwargs,
        ),
        trainable=['backbone.visual.*', 'cls_head.*'],
    )


def norm(x, module):
    """With the small epsilon of the release."""
    centered = x - x.mean(-1, keepdim=True)
    var = (centered**2).mean(-1, keepdim=True)
    return centered / torch.sqrt(var + 1e-12) * module.weight + module.bias


def mixed(linear, shares):
    """The weighted sums of the experts' weights and biases."""
    weight = sum(s * w for s, w in zip(shares, linear.weight, strict=True))
    bias = sum(s * b for s, b in zip(shares, linear.bias, strict=True))
    return weight, bias


def run_block(x, block, shares):
    """(T, E) frames of a clip through a block."""
    x = x + reference.attention(norm(x, block.ln_1)[None], block.attn, None)[0]
    (up, up_bias), (down, down_bias) = (
        mixed(linear, shares) for linear in (block.c_fc, block.c_proj)
    )
    hidden = quick_gelu(norm(x, block.ln_2) @ up.T + up_bias)
    return x + hidden @ down.T + down_bias


def add(head, frames, shares):
    """(B, T, E) frames to what the blocks make of them."""
    out = []
    for x in frames:
        x = x + head.positions[: len(x)]
        for block, share in zip(head.blocks, shares, strict=True):
            x = run_block(x, block, share)
        out.append(x)
    return torch.stack(out)


def texts(model, names):
    """(C, E): unit mean of unit features in both templates."""
    by_template = [
        unit(encode_sentences(model, [t.format(n) for n in names]))
        for t in ('a photo of {}.', 'a {}')
    ]
    return unit(sum(by_template) / 2).detach()


def drawn_shares(num=EXPERTS):
    """What a training step draws: experts of a pass, then temperatures."""
    odds = [math.exp(k + 1) for k in range(num)]
    odds = torch.tensor([o / sum(odds) for o in odds], dtype=torch.float32)
    experts = [int(torch.multinomial(odds, 1)) for _ in range(BLOCKS)]
    one = [[float(k == e) for k in range(num)] for e in experts]
    merged = []
    for _ in range(BLOCKS):
        tau = TAUS[int(torch.randint(11, (1,)))]
        powers = [math.exp((k + 1) / tau) for k in range(num)]
        merged.append([p / sum(powers) for p in powers])
    return one, merged


def step(model, inputs, seed):
    """The losses of a training step with a seed."""
    torch.manual_seed(seed)
    return model(inputs, samples(*LABELS), mode='loss')


@pytest.mark.parametrize('seed', range(4))
def test_a_training_step_equals_the_formulas(float64, seed):
    model, inputs = build_mote(), clips()
    head = model.cls_head
    losses = step(model, inputs, seed)
    torch.manual_seed(seed)
    one, merged = drawn_shares()
    frames, text = encode_frames(model, inputs), texts(model, CLASSES)
    first = frames + add(head, frames, one)
    second = frames + add(head, frames, merged)
    loss, again = (
        cross_entropy(cosine_logits(model, x.mean(1), text), LABELS)
        for x in (first, second)
    )
    distance = ((second - frames) ** 2).mean()
    close(losses['loss_cls'], loss, 'first pass')
    close(losses['loss_merged'], 0.5 * again, 'second pass')
    close(losses['loss_distance'], 0.1 * distance, 'distance')
    ours = sum(v for k, v in losses.items() if k.startswith('loss'))
    # the map to the frames' rows beyond those of the clips is not used
    check_gradients(model, ours, loss + 0.5 * again + 0.1 * distance)


def test_a_training_step_equals_the_formulas_in_float32():
    model, inputs = build_mote(), clips()
    losses = step(model, inputs, 1)
    torch.manual_seed(1)
    one, merged = drawn_shares()
    frames, text = encode_frames(model, inputs), texts(model, CLASSES)
    first = (frames + add(model.cls_head, frames, one)).mean(1)
    loss = cross_entropy(cosine_logits(model, first, text), LABELS)
    close(losses['loss_cls'], loss)
    again = add(model.cls_head, frames, merged)
    close(losses['loss_distance'], 0.1 * (again**2).mean())


def relatedness(video, classes, supervised, nearest=2):
    """How much a clip's classes resemble those of the training."""
    own = sorted(classes, key=lambda c: -float(c @ video))[:nearest]
    known = sorted(supervised, key=lambda c: -float(c @ video))[:nearest]
    best = [max(float(c @ k) for k in known) for c in own]
    return math.exp(-(1 - sum(best) / len(best)) / 0.05)


@pytest.mark.parametrize('frames', [1, 3])
@pytest.mark.parametrize('names', [CLASSES, NOVEL])
def test_evaluation_equals_the_formulas(float64, names, frames):
    model, inputs = build_mote(), clips(2, frames)
    step(model, inputs, 0)
    model.eval().set_classes(names)
    with torch.no_grad():
        features, _ = model.extract_feat(inputs)
        encoded, text = encode_frames(model, inputs), texts(model, names)
        known = texts(model, CLASSES)
        equal = [[1 / EXPERTS] * EXPERTS] * BLOCKS
        added = add(model.cls_head, encoded, equal)
        factors = [relatedness(unit(x.mean(0)), text, known) for x in encoded]
        factors = torch.tensor(factors)
        video = (encoded + factors[:, None, None] * added).mean(1)
        results = model.predict(inputs, samples(0, 1))
    close(model.cls_head.relatedness(features), factors, 'factors')
    if names is CLASSES:
        close(factors, torch.ones(2))
    else:
        assert factors.max() < 0.95
    logits = unit(video) @ text.T
    close(model.cls_head(features), logits, 'raw cosines')
    scores = torch.stack([r.pred_score for r in results])
    close(scores, logits.softmax(-1), 'scores')


def test_nothing_is_modulated_before_the_training():
    for supervised in (None, KNOWN):
        model = build_mote(supervised=supervised).eval()
        model.set_classes(NOVEL)
        features, _ = model.extract_feat(clips())
        factors = model.cls_head.relatedness(features)
        assert torch.equal(factors, torch.ones(2))


def test_trained_classes_go_with_the_weights():
    model, other = build_mote(), build_mote()
    step(model, clips(), 0)
    close(model.cls_head.supervised, texts(model, CLASSES))
    other.load_state_dict(model.state_dict())
    assert torch.equal(other.cls_head.supervised, model.cls_head.supervised)
    none = build_mote(supervised=None)
    assert 'cls_head.supervised' not in none.state_dict()


def test_merged_experts_compute_the_same_with_less_weights(float64):
    model, inputs = build_mote(), clips()
    step(model, inputs, 0)
    model.eval()
    count = sum(p.numel() for p in model.cls_head.parameters())
    with torch.no_grad():
        features, _ = model.extract_feat(inputs)
        before = model.cls_head(features)
        model.cls_head.merge_experts()
        close(model.cls_head(features), before)
    mlps = BLOCKS * (2 * 24 * 96 + 24 + 96)
    left = sum(p.numel() for p in model.cls_head.parameters())
    assert count - left == (EXPERTS - 1) * mlps
    one = build_mote(num_experts=1)
    one.load_state_dict(model.state_dict())
    with torch.no_grad():
        close(one.eval().cls_head(features), before)


def test_the_published_numbers_of_weights():
    with torch.device('meta'):
        head = MoTEHead(embed_dim=512)
    counts = []
    for _ in range(2):
        counts.append(sum(p.numel() for p in head.parameters()))
        head.merge_experts()
    # and the logit scale
    assert counts == [37_845_504 + 1, 12_648_960 + 1]


def test_experts_start_as_one_and_are_drawn_as_published():
    head = build(
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(type='MoTEHead'),
        trainable=['cls_head.*'],
        noise=0.0,
    ).cls_head
    assert len(head.blocks) == 4
    for block in head.blocks:
        for linear in (block.c_fc, block.c_proj):
            assert linear.weight.size(0) == 4
            assert (linear.weight == linear.weight[0]).all()
            assert not linear.bias.any()
            assert linear.weight.std().item() == pytest.approx(0.02, rel=0.1)
        assert block.attn.num_heads == 2  # as the text tower's
        assert {block.ln_1.eps, block.ln_2.eps} == {1e-12}
    torch.manual_seed(0)
    drawn = torch.stack(
        [share for _ in range(500) for share in head.draw_experts()]
    )
    wanted = torch.arange(4.0).softmax(0)
    torch.testing.assert_close(drawn.mean(0), wanted, atol=0.03, rtol=0)


def test_padding_is_hidden(float64):
    model = build_mote().eval()
    frames = torch.randn(2, 3, 24)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    text = torch.randn(5, 24)
    padded = VideoTextFeatures(frames, text, mask=mask)
    logits = model.cls_head(padded)
    short = VideoTextFeatures(frames[:1, :2], text)
    close(logits[:1], model.cls_head(short))
    losses = model.train().cls_head.loss(padded, samples(*LABELS))
    assert losses['loss_distance'].isfinite()


def test_what_does_not_fit_is_refused():
    model = build_mote(supervised=4)
    with pytest.raises(UserError, match='remembers 4 classes.*num_supervised'):
        step(model, clips(), 0)
    with pytest.raises(UserError, match='6 frames given'):
        build_mote()(clips(1, 6), samples(0), mode='loss')
    with pytest.raises(UserError, match='MoTEHead takes frames'):
        build(cls_head=dict(type='MoTEHead'))
