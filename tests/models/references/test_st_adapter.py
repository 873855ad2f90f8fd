"""ST-Adapter by its formulas, one place of the picture after the other."""

import pytest
import reference
import torch
from reference_models import (
    LAYERS,
    attend,
    build,
    by_frame,
    clips,
    close,
    compare,
    cosine_logits,
    cross_entropy,
    embed,
    encode_sentences,
    learned_tensors,
    linear,
    mlp,
)
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import VisualFeatures
from vlprompt.models.layers.temporal_bottleneck import DepthwiseTimeConv
from vlprompt.registry import MODELS

HIDDEN, PATCHES = 6, 16
LABELS = (1, 3)
BEFORE, BETWEEN = 'PreAttentionSTAdapter', 'PreMLPSTAdapter'
LINEAR = dict(type='LinearHead', num_classes=len(CLASSES), dropout=0.0)


def build_st(*places, noise=0.05, taps=3, text=False, **kwargs):
    """With a linear head, or with the text head of FROSTER's variant."""
    adapters = [dict(type=p, hidden=HIDDEN, taps=taps) for p in places]
    parts = dict(
        texts=None,
        pooler=dict(type='MeanThenNormPooler'),
        cls_head=LINEAR,
        trainable=['backbone.adapters.*', 'cls_head.fc_cls.*'],
    )
    if text:
        parts = dict(trainable=['backbone.adapters.*'])
    tower = dict(
        type='CLIPVisionTower', adapters=adapters, project=text, **kwargs
    )
    return build(noise=noise, backbone=tower, **parts)


def adapt(frames, adapter):
    """(T, 1 + P, D) frames of one clip; each place alone, over time."""
    weight, bias = adapter.conv.weight[:, 0, :, 0, 0], adapter.conv.bias
    num, taps = len(frames), weight.size(1)
    out = frames.clone()
    for place in range(1, 1 + PATCHES):
        down = [linear(x[place], adapter.fc1) for x in frames]
        for t in range(num):
            total = bias
            for k in range(taps):
                other = t + k - taps // 2
                if 0 <= other < num:
                    total = total + weight[:, k] * down[other]
            out[t, place] = frames[t, place] + linear(total, adapter.fc2)
    return out


def st_tokens(model, clip, *places):
    """(T, 3, H, W) frames of one clip to (T, 1 + P, D) last tokens."""
    visual = model.backbone.visual
    x = torch.stack([embed(visual, frame) for frame in clip])
    for i, module in enumerate(visual.transformer.resblocks):
        parts = dict(zip(places, model.backbone.adapters[i], strict=True))
        if BEFORE in parts:
            x = adapt(x, parts[BEFORE].adapter)
        x = torch.stack([f + attend(f, module) for f in x])
        if BETWEEN in parts:
            x = adapt(x, parts[BETWEEN].adapter)
        x = x + mlp(reference.layer_norm(x, module.ln_2), module.mlp)
    return x


def st_videos(model, inputs, *places):
    """The norm of the mean class token of each clip."""
    norm, videos = model.backbone.visual.ln_post, []
    for clip in by_frame(inputs):
        raw = [x[0] for x in st_tokens(model, clip, *places)]
        videos.append(reference.layer_norm(sum(raw) / len(raw), norm))
    return torch.stack(videos)


def dead(model, places):
    """What the last layer has between attention and MLP, which none reads."""
    place = places.index(BETWEEN)
    part = f'backbone.adapters.{LAYERS - 1}.{place}.'
    return [n for n in learned_tensors(model) if n.startswith(part)]


def check_st(model, inputs, places, dead_names):
    head = model.cls_head.fc_cls
    video = st_videos(model, inputs, *places)
    logits = linear(video, head)
    loss = cross_entropy(logits, LABELS)
    # Of what is dead, the formula's gradient is zero, as is the library's.
    for name in dead_names:
        tensor = model.get_parameter(name)
        (theirs,) = torch.autograd.grad(
            loss, [tensor], retain_graph=True, allow_unused=True
        )
        assert theirs is None or not theirs.any()
        features, _ = model.extract_feat(inputs)
        (ours,) = torch.autograd.grad(model.cls_head(features).sum(), [tensor])
        assert not ours.any()
        tensor.requires_grad_(False)
    compare(model, inputs, LABELS, video=video, logits=logits, loss=loss)


@pytest.mark.parametrize('frames', [1, 2, 3])
@pytest.mark.parametrize('places', [[BETWEEN], [BEFORE, BETWEEN]])
def test_st_adapter_equals_the_formulas(float64, places, frames):
    model = build_st(*places)
    names = dead(model, places)
    assert len(names) == 6
    # one frame: the convolution's outer taps see nothing
    if frames == 1:
        video, _ = model.extract_feat(clips(2, 1), stage='neck')
        close(video, st_videos(model, clips(2, 1), *places))
        return
    check_st(model, clips(2, frames), places, names)


def test_five_taps_equal_the_formulas(float64):
    places = [BEFORE]
    model = build_st(*places, taps=5)
    inputs = clips(2, 4)
    check_st(model, inputs, places, [])


def test_st_adapter_equals_the_formulas_in_float32():
    places = [BEFORE, BETWEEN]
    model = build_st(*places)
    check_st(model, clips(), places, dead(model, places))


def test_st_adapter_with_texts_equals_the_formulas(float64):
    places = [BEFORE]
    model = build_st(*places, text=True)
    inputs, visual = clips(), model.backbone.visual
    lines = [f'a photo of a {name}.' for name in CLASSES]
    text = encode_sentences(model, lines).detach()
    video = []
    for clip in by_frame(inputs):
        cls = [x[0] for x in st_tokens(model, clip, *places)]
        normed = [reference.layer_norm(x, visual.ln_post) for x in cls]
        video.append(sum(x @ visual.proj for x in normed) / len(normed))
    video = torch.stack(video)
    logits = cosine_logits(model, video, text)
    loss = cross_entropy(logits, LABELS)
    compare(
        model, inputs, LABELS, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize('with_cp', [False, True, 'mlp'])
def test_all_tokens_equal_the_formulas(float64, with_cp):
    """With the patches of the last layer its adapter is alive."""
    places = [BEFORE, BETWEEN]
    model = build_st(*places, patch_tokens=True, with_cp=with_cp)
    inputs = clips()
    ours, _ = model.extract_feat(inputs, stage='backbone')
    theirs = [st_tokens(model, clip, *places) for clip in by_frame(inputs)]
    theirs = torch.stack(theirs)
    close(ours.tokens, theirs)
    toward = torch.randn_like(theirs)
    learned = {
        n: p for n, p in learned_tensors(model).items() if 'fc_cls' not in n
    }
    pairs = (
        torch.autograd.grad((x * toward).sum(), [*learned.values()])
        for x in (ours.tokens, theirs)
    )
    for name, a, b in zip(learned, *pairs, strict=True):
        assert b.abs().max() > 1e-6, name
        torch.testing.assert_close(a, b, atol=1e-9, rtol=1e-7)


@pytest.mark.parametrize('places', [[BETWEEN], [BEFORE, BETWEEN]])
def test_st_adapter_begins_as_clip(float64, places):
    model = build_st(*places, noise=0.0)
    tower, frames = model.backbone, by_frame(clips())
    plain = MODELS.build(
        dict(type='CLIPVisionTower', visual=tower.visual, project=False)
    )
    with torch.no_grad():
        close(tower(frames).frames, plain(frames).frames)


@pytest.mark.parametrize('places', [[BETWEEN], [BEFORE, BETWEEN]])
def test_prompts_that_stay_are_not_adapted(float64, places):
    """Only patches are: prompts that join the tokens behind them are not."""
    model = build_st(*places)
    tower = model.backbone
    prompts = [torch.randn(2, 32), *[None] * (LAYERS - 1)]
    seen = []
    tower.visual.transformer.resblocks[1].ln_2.register_forward_pre_hook(
        lambda module, args: seen.append(args[0])
    )
    for change in (0.0, 1.0):
        tower.adapters[1][-1].adapter.fc2.bias.data += change
        tower(by_frame(clips()), prompts)
    before, after = seen
    assert before.size(2) == 1 + PATCHES + 2
    same = torch.tensor([0, -2, -1])
    close(after[:, :, same], before[:, :, same])
    assert not torch.allclose(after[:, :, 1:-2], before[:, :, 1:-2])


def test_the_sum_of_shifts_is_the_convolution(float64):
    conv = DepthwiseTimeConv(5)
    published = torch.nn.Conv3d(5, 5, (3, 1, 1), padding=(1, 0, 0), groups=5)
    conv.load_state_dict(published.state_dict())
    x = torch.randn(2, 4, 6, 5)
    # (B, T, L, H) -> (B, H, T, L, 1) and back
    theirs = published(x.permute(0, 3, 1, 2)[..., None])[..., 0]
    close(conv(x), theirs.permute(0, 2, 3, 1))


def test_padding_is_left_out_of_the_mean(float64):
    model = build_st(BEFORE)
    tokens = torch.randn(2, 3, 1, 32)
    mask = torch.tensor([[True, True, False], [True, True, True]])
    video = model.pooler(VisualFeatures(tokens[:, :, 0], tokens, mask))
    norm = model.backbone.visual.ln_post
    close(video[0], reference.layer_norm(tokens[0, :2, 0].mean(0), norm))
    close(video[1], reference.layer_norm(tokens[1, :, 0].mean(0), norm))


def test_what_does_not_fit_is_refused():
    with pytest.raises(UserError, match='taps=4, expected an odd number'):
        build_st(BETWEEN, taps=4)
    with pytest.raises(UserError, match='needs project=False'):
        build(pooler=dict(type='MeanThenNormPooler'))
    stored = VisualFeatures(torch.randn(1, 2, 32), torch.empty(1, 2, 0, 32))
    with pytest.raises(UserError, match='stored embeddings'):
        build_st(BETWEEN).pooler(stored)
