"""Vita-CLIP by its formulas.

One clip, frame and class after the other, every token that the published
code runs, heads in a loop; weights are read from the model, nothing of its
towers and adapters is called.
"""

import pytest
import torch
from reference import attention, encode_text, layer_norm
from reference_models import (
    LAYERS,
    TOKENIZER,
    attend,
    build,
    by_frame,
    clips,
    compare,
    cosine_logits,
    cross_entropy,
    embed,
    learned_tensors,
    mlp,
)
from tiny import CLASSES

from vlprompt.errors import UserError

T = 3
LABELS = (1, 3)
SHARED = dict(type='DeepPrompts', layers=[0])
OWN = dict(type='ClassPrompts', num_classes=len(CLASSES))
LAYOUTS = [('[3] {}.', 3, 0), ('[1] {} [2].', 1, 2), ('{} [3].', 0, 3)]
TIME = dict(type='TimeEmbedding', num_frames=T, std=0.02, resize='nearest')


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
    ids, slots = torch.zeros(len(CLASSES), 77).long(), []
    (x,) = TOKENIZER.encode('X')
    for c, name in enumerate(CLASSES):
        words = [*TOKENIZER.encode(name), *[x] * after, *TOKENIZER.encode('.')]
        if not after:
            words = TOKENIZER.encode(f'{name}.')
        line = [TOKENIZER.sot_token_id, *[x] * before, *words]
        line += [TOKENIZER.eot_token_id]
        ids[c, : len(line)] = torch.tensor(line)
        second = 1 + before + len(TOKENIZER.encode(name))
        slots.append([*range(1, 1 + before), *range(second, second + after)])
    context = model.prompts.free['text'].vectors
    if type(model.prompts.free['text']).__name__ == 'DeepPrompts':
        context = context[0]
    prompts = [context, *[None] * (LAYERS - 1)]
    text = model.text_encoder.text
    return encode_text(text, ids, torch.tensor(slots), prompts)


def check_vita(model, layout=(3, 0)):
    """Compare a model with the formulas on clips of T frames."""
    inputs = clips()
    time = torch.zeros(T, len(model.backbone.visual.class_embedding))
    for embedding in model.backbone.embeddings:
        time = embedding.vectors
    video = [vita_video(model, clip, time) for clip in by_frame(inputs)]
    video, text = torch.stack(video), vita_text(model, *layout)
    logits = cosine_logits(model, video, text)
    loss = cross_entropy(logits, LABELS)
    compare(
        model, inputs, LABELS, video=video, text=text, logits=logits, loss=loss
    )


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
    learned = learned_tensors(model)
    assert len(learned) == 10 * LAYERS + 3
    assert learned['prompts.free.text.vectors'].shape == shape
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
    assert len(learned_tensors(model)) == num * LAYERS + 3
    check_vita(model)


def test_vita_clip_without_time_embedding_equals_the_formulas(float64):
    check_vita(build_vita(time=None))


def test_vita_clip_equals_the_formulas_in_float32():
    check_vita(build_vita(text=OWN))


def test_vita_clip_takes_twice_the_frames_as_two_clips(float64):
    model, inputs = build_vita(), clips(frames=2 * T)
    time = model.backbone.embeddings[0].vectors[[0, 0, 1, 1, 2, 2]]
    video = []
    for clip in by_frame(inputs):
        first = vita_video(model, clip[:T], time[:T])
        second = vita_video(model, clip[T:], time[T:])
        video.append((first + second) / 2)
    video, text = torch.stack(video), vita_text(model, 3, 0)
    logits = cosine_logits(model, video, text)
    loss = cross_entropy(logits, LABELS)
    compare(
        model, inputs, LABELS, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize('frames', [1, 2, 4])
@pytest.mark.parametrize('tokens', ['local', 'summary'])
def test_vita_clip_refuses_frames_that_are_no_multiple(frames, tokens):
    """Three such clips together would have a multiple of T frames."""
    off = dict(local=False, summary=False)
    model = build_vita(num_global=0, **{**off, tokens: True})
    with pytest.raises(UserError, match=rf'\b{frames} frames.*\b{T}\b'):
        model.extract_feat(clips(T, frames))


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
    model, inputs = build_vita(time=time, **tokens), clips()
    with torch.no_grad():
        one, other = (
            model.cls_head(model.extract_feat(x)[0])
            for x in (inputs, inputs[:, :, :, [1, 2, 0]])
        )
    if ordered:
        assert (one - other).abs().min() > 1e-5
    else:
        torch.testing.assert_close(one, other, atol=1e-9, rtol=0)
