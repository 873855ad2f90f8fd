"""Vita-CLIP and AIM against their formulas, written out slowly.

One clip, frame and class after the other, every token that the published
code runs, heads in a loop; weights are read from the model, nothing of its
towers and adapters is called.
"""

import pytest
import torch
from mmaction.structures import ActionDataSample
from open_clip.tokenizer import SimpleTokenizer
from reference import attention, encode_frames, encode_text, layer_norm
from tiny import CLASSES, TINY

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

LAYERS = 4
T = 3
LABELS = (1, 3)
SHARED = dict(type='DeepPrompts', layers=[0])
OWN = dict(type='ClassPrompts', num_classes=len(CLASSES))
# template, learnable tokens before and after the name
LAYOUTS = [('[3] {}.', 3, 0), ('[1] {} [2].', 1, 2), ('{} [3].', 0, 3)]
TIME = dict(type='TimeEmbedding', num_frames=T, std=0.02, resize='nearest')


@pytest.fixture
def float64():
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


def build(noise=0.05, **parts):
    """A model in training mode of which no weight is zero."""
    torch.manual_seed(0)
    cfg = dict(type='VideoTextRecognizer', clip=dict(arch=TINY), **parts)
    model = MODELS.build(cfg)
    model.set_classes(CLASSES)
    for p in model.parameters():
        p.data += noise * torch.randn_like(p)
    return model.to(torch.get_default_dtype()).train()


def make_clips(batch=2, frames=T):
    """(B, 1, 3, T, H, W) pixels."""
    generator = torch.Generator().manual_seed(frames)
    return torch.randn(batch, 1, 3, frames, 32, 32, generator=generator)


def by_frame(inputs):
    """(B, 1, 3, T, H, W) to (B, T, 3, H, W)."""
    return inputs[:, 0].transpose(1, 2)


def make_samples(labels=LABELS):
    return [ActionDataSample().set_gt_label(label) for label in labels]


def learnt_tensors(model):
    """What is learnt, by name."""
    return {n: p for n, p in model.named_parameters() if p.requires_grad}


def embed(visual, frame, time):
    """(3, H, W) frame and (D,) time vector to (N, D) after ``ln_pre``."""
    patch = visual.patch_size[0]
    cells = []
    for top in range(0, frame.size(1), patch):
        for left in range(0, frame.size(2), patch):
            cell = frame[:, top : top + patch, left : left + patch]
            cells.append(visual.conv1.weight.flatten(1) @ cell.flatten())
    x = torch.stack([visual.class_embedding, *cells])
    return layer_norm(x + visual.positional_embedding + time, visual.ln_pre)


def mlp(x, module):
    """CLIP's MLP with QuickGELU."""
    hidden = x @ module.c_fc.weight.T + module.c_fc.bias
    hidden = hidden * torch.sigmoid(1.702 * hidden)
    return hidden @ module.c_proj.weight.T + module.c_proj.bias


def attend(x, module):
    """Attention of one sequence (L, D) after the norm, no residual."""
    return attention(layer_norm(x, module.ln_1)[None], module.attn, None)[0]


def cosine_logits(model, video, text):
    video, text = (x / x.norm(dim=-1, keepdim=True) for x in (video, text))
    return model.cls_head.logit_scale.exp() * video @ text.T


def compare(model, inputs, video, text, logits, atol=1e-9, rtol=1e-7):
    """Features, logits, loss and each gradient of a model with others."""

    def assert_close(ours, theirs, rtol=0, name=''):
        torch.testing.assert_close(
            ours, theirs, atol=atol, rtol=rtol, msg=lambda m: f'{name}: {m}'
        )

    features, _ = model.extract_feat(inputs)
    assert_close(features.video, video, name='video')
    if text is not None:
        assert_close(features.text, text, name='text')
    assert_close(model.cls_head(features), logits, name='logits')
    loss = model(inputs, make_samples(), mode='loss')['loss_cls']
    picked = [p[c] for p, c in zip(logits.softmax(-1), LABELS, strict=True)]
    expected = -torch.stack(picked).log().mean()
    assert_close(loss, expected, name='loss')
    learnt = learnt_tensors(model)
    ours = torch.autograd.grad(loss, list(learnt.values()))
    theirs = torch.autograd.grad(expected, list(learnt.values()))
    for name, a, b in zip(learnt, ours, theirs, strict=True):
        assert b.abs().max() > 1e-5, name
        assert_close(a, b, rtol, name)


# Vita-CLIP


def build_vita(template='[3] {}.', text=SHARED, time=TIME, **tokens):
    adapter = dict(type='VitaTokens', num_frames=T, num_global=2)
    embeddings = [time] if time else []
    return build(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[{**adapter, **tokens}],
            embeddings=embeddings,
        ),
        texts=dict(type='ClassTexts', template=template),
        prompts=dict(type='PromptLearner', text=text),
        cls_head=dict(type='SimilarityHead'),
        trainable=[
            'backbone.adapters.*',
            'prompts.*',
            'cls_head.logit_scale',
            *['backbone.embeddings.*'] * len(embeddings),
        ],
    )


def vita_made_tokens(cls, tokens):
    """(T, D) class tokens to (T, D) local and (T, D) summary tokens."""
    local = summary = None
    if tokens.local_prompts is not None or tokens.summary_ln is not None:
        p = cls @ tokens.cls_proj.weight.T + tokens.cls_proj.bias
    if tokens.local_prompts is not None:
        local = tokens.local_prompts + p
    if tokens.summary_ln is not None:
        normed = layer_norm(p, tokens.summary_ln)
        summary = p + attention(normed[None], tokens.summary_attn, None)[0]
    return local, summary


def vita_block(frames, module, tokens):
    """(T, N, D) frames of one clip to the same after a block."""
    local, summary = vita_made_tokens(frames[:, 0], tokens)
    free = tokens.global_prompts
    out = []
    for t, x in enumerate(frames):
        x = torch.cat([x[:1], *([] if free is None else [free]), x[1:]])
        x = torch.cat([x[:1], *([] if local is None else [local]), x[1:]])
        if summary is not None:
            x = torch.cat([x, summary[t : t + 1]])
        x = x + attend(x, module)
        if summary is not None:
            x = x[:-1]
        if local is not None:
            x = torch.cat([x[:1], x[1 + T :]])
        x = x + mlp(layer_norm(x, module.ln_2), module.mlp)
        if free is not None:
            x = torch.cat([x[:1], x[1 + len(free) :]])
        out.append(x)
    return torch.stack(out)


def vita_video(model, clip, time):
    """(T, 3, H, W) frames and (T, D) time vectors to an (E,) video."""
    visual = model.backbone.visual
    pairs = zip(clip, time, strict=True)
    x = torch.stack([embed(visual, *pair) for pair in pairs])
    for i, module in enumerate(visual.transformer.resblocks):
        x = vita_block(x, module, model.backbone.adapters[i][0])
    return (layer_norm(x[:, 0], visual.ln_post) @ visual.proj).mean(0)


def vita_text(model, before, after):
    """(C, E) texts of 77 tokens: SOS, context, name, context, '.', EOT."""
    tokenizer = SimpleTokenizer()
    ids, slots = torch.zeros(len(CLASSES), 77).long(), []
    (x,) = tokenizer.encode('X')
    for c, name in enumerate(CLASSES):
        words = [*tokenizer.encode(name), *[x] * after, *tokenizer.encode('.')]
        if not after:
            words = tokenizer.encode(f'{name}.')
        line = [tokenizer.sot_token_id, *[x] * before, *words]
        line += [tokenizer.eot_token_id]
        ids[c, : len(line)] = torch.tensor(line)
        second = 1 + before + len(tokenizer.encode(name))
        slots.append([*range(1, 1 + before), *range(second, second + after)])
    context = model.prompts.free['text'].vectors
    if type(model.prompts.free['text']).__name__ == 'DeepPrompts':
        context = context[0]
    prompts = [context, *[None] * (LAYERS - 1)]
    text = model.text_encoder.text
    return encode_text(text, ids, torch.tensor(slots), prompts)


def check_vita(model, layout=(3, 0), **tolerance):
    """Compare a model with the formulas on clips of T frames."""
    inputs = make_clips()
    time = torch.zeros(T, len(model.backbone.visual.class_embedding))
    for embedding in model.backbone.embeddings:
        time = embedding.vectors
    video = [vita_video(model, clip, time) for clip in by_frame(inputs)]
    video, text = torch.stack(video), vita_text(model, *layout)
    logits = cosine_logits(model, video, text)
    compare(model, inputs, video, text, logits, **tolerance)


@pytest.mark.parametrize(('template', 'before', 'after'), LAYOUTS)
@pytest.mark.parametrize(
    ('text', 'shape'),
    [(SHARED, (1, 3, 16)), (OWN, (len(CLASSES), 3, 16))],
    ids=['shared', 'own'],
)
def test_vita_clip_equals_the_formulas(
    float64, template, before, after, text, shape
):
    model = build_vita(template, text)
    learnt = learnt_tensors(model)
    assert len(learnt) == 10 * LAYERS + 3
    assert learnt['prompts.free.text.vectors'].shape == shape
    check_vita(model, (before, after))


@pytest.mark.parametrize(
    ('tokens', 'num'),
    [
        (dict(num_global=0), 9),
        (dict(local=False), 9),
        (dict(summary=False), 4),
        (dict(local=False, summary=False), 1),
        (dict(num_global=0, summary=False), 3),
        (dict(num_global=0, local=False), 8),
    ],
    ids=lambda value: '-'.join(value) if isinstance(value, dict) else None,
)
def test_vita_clip_without_some_tokens_equals_the_formulas(
    float64, tokens, num
):
    model = build_vita(**tokens)
    assert len(learnt_tensors(model)) == num * LAYERS + 3
    check_vita(model)


def test_vita_clip_without_time_embedding_equals_the_formulas(float64):
    check_vita(build_vita(time=None))


def test_vita_clip_equals_the_formulas_in_float32():
    check_vita(build_vita(text=OWN), atol=1e-5, rtol=1e-5)


def test_vita_clip_takes_twice_the_frames_as_two_clips(float64):
    model, inputs = build_vita(), make_clips(frames=2 * T)
    time = model.backbone.embeddings[0].vectors[[0, 0, 1, 1, 2, 2]]
    video = []
    for clip in by_frame(inputs):
        first = vita_video(model, clip[:T], time[:T])
        second = vita_video(model, clip[T:], time[T:])
        video.append((first + second) / 2)
    video, text = torch.stack(video), vita_text(model, 3, 0)
    logits = cosine_logits(model, video, text)
    compare(model, inputs, video, text, logits)


@pytest.mark.parametrize('frames', [1, 2, 4])
@pytest.mark.parametrize('tokens', ['local', 'summary'])
def test_vita_clip_refuses_frames_that_are_no_multiple(frames, tokens):
    """Three such clips together would have a multiple of T frames."""
    off = dict(local=False, summary=False)
    model = build_vita(num_global=0, **{**off, tokens: True})
    with pytest.raises(UserError, match=rf'\b{frames} frames.*\b{T}\b'):
        model.extract_feat(make_clips(T, frames))


@pytest.mark.parametrize(
    ('time', 'tokens', 'ordered'),
    [
        (TIME, dict(), True),
        (TIME, dict(local=False, summary=False), True),
        (None, dict(), True),
        (None, dict(local=False), False),
    ],
    ids=['all', 'time and global', 'no time', 'summary and global'],
)
def test_vita_clip_knows_the_order_of_frames_by_time_and_local_prompts(
    float64, time, tokens, ordered
):
    model, inputs = build_vita(time=time, **tokens), make_clips()
    with torch.no_grad():
        one, other = (
            model.cls_head(model.extract_feat(x)[0])
            for x in (inputs, inputs[:, :, :, [1, 2, 0]])
        )
    if ordered:
        assert (one - other).abs().min() > 1e-5
    else:
        torch.testing.assert_close(one, other, atol=1e-9, rtol=0)


# AIM

ZEROS = dict(type='TimeEmbedding', num_frames=T)


def build_aim(project=False, noise=0.05, **kwargs):
    """With a text head if projected, else with a linear one."""
    adapter = dict(type='AIMAdapter', drop_path=0.0, **kwargs)
    linear = dict(type='LinearHead', num_classes=len(CLASSES), dropout=0.0)
    return build(
        noise=noise,
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[adapter],
            embeddings=[ZEROS],
            project=project,
        ),
        texts=dict(type='ClassTexts') if project else None,
        cls_head=dict(type='SimilarityHead') if project else linear,
        trainable=[
            'backbone.adapters.*',
            'backbone.embeddings.*',
            'backbone.visual.ln_post.*',
            'cls_head.*',
        ],
    )


def bottleneck(x, module):
    """Down, exact GELU, up."""
    hidden = x @ module.fc1.weight.T + module.fc1.bias
    hidden = 0.5 * hidden * (1 + torch.erf(hidden / 2**0.5))
    return hidden @ module.fc2.weight.T + module.fc2.bias


def aim_block(frames, module, adapter, scale):
    """(T, N, D) frames of one clip to the same after a block."""
    places = []
    for x in frames.unbind(1):
        normed = layer_norm(x, module.ln_1)
        if adapter.temporal_in is not None:
            normed = normed + bottleneck(normed, adapter.temporal_in)
        told = attention(normed[None], module.attn, None)[0]
        places.append(x + bottleneck(told, adapter.temporal))
    out = []
    for x in torch.stack(places, 1):
        seen = attend(x, module)
        x = x + seen + bottleneck(seen, adapter.spatial)
        normed = layer_norm(x, module.ln_2)
        joint = bottleneck(normed, adapter.joint)
        out.append(x + mlp(normed, module.mlp) + scale * joint)
    return torch.stack(out)


def aim_frames(model, clip, scale):
    """(T, 3, H, W) frames of one clip to (T, D) frame features."""
    visual, (time,) = model.backbone.visual, model.backbone.embeddings
    pairs = zip(clip, time.vectors, strict=True)
    x = torch.stack([embed(visual, *pair) for pair in pairs])
    for i, module in enumerate(visual.transformer.resblocks):
        x = aim_block(x, module, model.backbone.adapters[i][0], scale)
    return layer_norm(x[:, 0], visual.ln_post)


def aim_video(model, inputs, scale):
    """(B, 1, 3, T, H, W) pixels to (B, D) videos, not projected."""
    frames = [aim_frames(model, clip, scale) for clip in by_frame(inputs)]
    return torch.stack(frames).mean(1)


def check_aim(model, scale, **tolerance):
    """Compare a model with a linear head with the formulas."""
    inputs, linear = make_clips(), model.cls_head.fc_cls
    video = aim_video(model, inputs, scale)
    logits = video @ linear.weight.T + linear.bias
    compare(model, inputs, video, None, logits, **tolerance)


def learnt_of_aim(num_temporal):
    """Adapters of four tensors, the time embedding and ``ln_post``."""
    return 4 * (2 + num_temporal) * LAYERS + 1 + 2


@pytest.mark.parametrize('num_temporal', [1, 2])
@pytest.mark.parametrize('scale', [0.5, 1.0])
def test_aim_equals_the_formulas(float64, num_temporal, scale):
    model = build_aim(num_temporal=num_temporal, scale=scale)
    assert len(learnt_tensors(model)) == learnt_of_aim(num_temporal) + 2
    check_aim(model, scale)


def test_aim_with_its_defaults_equals_the_formulas(float64):
    check_aim(build_aim(), scale=0.5)


def test_aim_equals_the_formulas_in_float32():
    model = build_aim(num_temporal=2, scale=1.0)
    check_aim(model, scale=1.0, atol=1e-5, rtol=1e-5)


@pytest.mark.parametrize('num_temporal', [1, 2])
def test_aim_with_texts_equals_the_formulas(float64, num_temporal):
    model = build_aim(project=True, num_temporal=num_temporal)
    assert len(learnt_tensors(model)) == learnt_of_aim(num_temporal) + 1
    tokenizer, inputs = SimpleTokenizer(), make_clips()
    ids = tokenizer([f'a photo of a {name}.' for name in CLASSES])
    slots = torch.zeros(len(CLASSES), 0)
    text = encode_text(
        model.text_encoder.text, ids, slots, [None] * LAYERS
    ).detach()
    video = aim_video(model, inputs, 0.5) @ model.backbone.visual.proj
    logits = cosine_logits(model, video, text)
    compare(model, inputs, video, text, logits)


@pytest.mark.parametrize('num_temporal', [1, 2])
@pytest.mark.parametrize('project', [True, False])
def test_aim_begins_as_clip(float64, project, num_temporal):
    model = build_aim(project, noise=0.0, num_temporal=num_temporal)
    tower, frames = model.backbone, by_frame(make_clips())
    for p in tower.visual.parameters():
        p.data += 0.05 * torch.randn_like(p)
    plain = MODELS.build(
        dict(type='CLIPVisionTower', visual=tower.visual, project=project)
    )
    with torch.no_grad():
        adapted, expected = tower(frames).frames, plain(frames).frames
        written = encode_frames(tower.visual, frames, [None] * LAYERS)
        projected = adapted if project else adapted @ tower.visual.proj
    torch.testing.assert_close(adapted, expected, atol=1e-12, rtol=0)
    torch.testing.assert_close(projected, written, atol=1e-12, rtol=0)
    assert not tower.embeddings[0].vectors.any()


def test_aim_has_to_be_the_last_adapter():
    message = 'AIMAdapter.*has to be the last'
    adapters = [dict(type='AIMAdapter'), dict(type='AIMAdapter')]
    parts = dict(
        texts=dict(type='ClassTexts'), cls_head=dict(type='SimilarityHead')
    )
    with pytest.raises(UserError, match=message):
        build(
            backbone=dict(type='CLIPVisionTower', adapters=adapters), **parts
        )
    adapters[1] = dict(type='VitaTokens', num_frames=T)
    with pytest.raises(UserError, match=message):
        build(
            backbone=dict(type='CLIPVisionTower', adapters=adapters), **parts
        )
    build(
        backbone=dict(type='CLIPVisionTower', adapters=adapters[::-1]), **parts
    )
