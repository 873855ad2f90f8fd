"""TC-CLIP by its formulas: frames, heads, tokens, videos, texts in loops."""

import pytest
import reference
import torch
from reference_models import (
    TOKENIZER,
    build,
    clips,
    compare,
    cross_entropy,
    embed,
    linear,
    mlp,
    norm,
    project,
    quick_gelu,
    unit,
)
from tiny import CLASSES

SHARE, NUM, MOST = 0.3, 5, 3  # 4 of 16 patches, to 5 tokens, 3 a round
TC_CLIP = dict(
    backbone=dict(
        type='CLIPVisionTower',
        adapters=[
            dict(
                type='TemporalContext',
                share=SHARE,
                num_tokens=NUM,
                max_merged=MOST,
            )
        ],
    ),
    text_encoder=dict(type='CLIPTextTower', stop_before_last=True),
    texts=dict(type='ClassTexts', template='[a photo of a] {}.'),
    prompts=dict(
        type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
    ),
    conditioner=dict(type='VideoConditionalPrompts'),
    cls_head=dict(type='SimilarityHead', average_clips='prob'),
    trainable=[
        'backbone.*',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'prompts.*',
        'conditioner.*',
        'cls_head.logit_scale',
    ],
)


def attend(x, context, block, table):
    """A frame's (N, D) tokens attend to themselves and to the context.

    Returns what attention adds, and the (P,) weights that the class token
    gives to the patches, averaged over the heads.
    """
    attn, count = block.attn, len(x)
    seen = x if context is None else torch.cat([x, context])
    normed = norm(seen, block.ln_1)
    packed = normed @ attn.in_proj_weight.T + attn.in_proj_bias
    q, k, v = packed.split(x.size(-1), -1)
    size, out, looks = x.size(-1) // attn.num_heads, [], []
    for h in range(attn.num_heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:count, part] @ k[:, part].T / size**0.5
        if context is not None:
            own, others = table[h, 0]
            bias = [own] * count + [others] * len(context)
            scores = scores + torch.stack(bias)
        weights = scores.softmax(-1)
        looks.append(weights[0, 1:17])
        out.append(weights @ v[:, part])
    added = linear(torch.cat(out, -1), attn.out_proj)
    return added, torch.stack(looks).mean(0)


def rounds(count, num, most):
    """How many tokens each round of merging takes away."""
    for _ in range(int((count - num) / most)):
        step = min(most, count // 2)
        count -= step
        yield step
    while count > num:
        step = min(count - num, count // 2)
        count -= step
        yield step


def merge(tokens, num, most):
    """A list of (D,) tokens to (M, D), the most similar ones averaged."""
    sized = [(x, 1) for x in tokens]
    for step in rounds(len(tokens), num, most):
        ones, others = sized[::2], sized[1::2]
        best = []
        for x, _ in ones:
            cosines = [float(unit(x) @ unit(y)) for y, _ in others]
            best.append(max((c, -j) for j, c in enumerate(cosines)))
        order = sorted(range(len(ones)), key=lambda i: -best[i][0])
        groups = [[other] for other in others]
        for i in order[:step]:
            groups[-best[i][1]].append(ones[i])
        sized = [ones[i] for i in order[step:]]
        for group in groups:
            size = sum(s for _, s in group)
            sized.append((sum(x * s for x, s in group) / size, size))
    return torch.stack([x for x, _ in sized])


def encode_clip(backbone, clip, num=NUM, most=MOST):
    """(T, 3, H, W) to (T, E) frames and each layer's (M, E) context."""
    visual = backbone.visual
    tokens, context = [embed(visual, frame) for frame in clip], None
    contexts = []
    for i, block in enumerate(visual.transformer.resblocks):
        table = backbone.adapters[i][0].bias_table
        seeds, after = [], []
        for x in tokens:
            added, looks = attend(x, context, block, table)
            x = x + added
            order = sorted(range(len(looks)), key=lambda p: -looks[p].item())
            seeds += [x[1 + p] for p in order[: int(SHARE * len(looks))]]
            after.append(x)
        context = merge(seeds, num, most)
        *tokens, context = (
            x + mlp(norm(x, block.ln_2), block.mlp) for x in [*after, context]
        )
        contexts.append(norm(context, visual.ln_post) @ visual.proj)
    return torch.stack([project(visual, x) for x in tokens]), contexts


def look(text, context, attn):
    """(K, D) tokens attend to a video's (M, E) context."""
    width = text.size(-1)
    if attn.in_proj_weight is None:
        maps = [attn.q_proj_weight, attn.k_proj_weight, attn.v_proj_weight]
    else:
        maps = attn.in_proj_weight.split(width)
    biases = attn.in_proj_bias.split(width)
    q, k, v = (
        x @ weight.T + bias
        for x, weight, bias in zip(
            (text, context, context), maps, biases, strict=True
        )
    )
    size, out = width // attn.num_heads, []
    for h in range(attn.num_heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[:, part] @ k[:, part].T / size**0.5
        out.append(scores.softmax(-1) @ v[:, part])
    return linear(torch.cat(out, -1), attn.out_proj)


def generate(prompts, context, part):
    """(K, D) prompts of the last layer, made for one video."""
    prompts = prompts + look(
        norm(prompts, part.ln_1), norm(context, part.ln_1_kv), part.attn
    )
    hidden = quick_gelu(linear(norm(prompts, part.ln_2), part.mlp.c_fc))
    return prompts + linear(hidden, part.mlp.c_proj)


def encode_texts(model, contexts, names=CLASSES):
    """Every text through all layers again for a video: (C, E)."""
    text, part = model.text_encoder.text, model.conditioner
    vectors = model.prompts.free.text.vectors[0]
    ids = TOKENIZER([f'a photo of a {name}.' for name in names])
    blocks = text.transformer.resblocks
    mask = torch.full((77, 77), -torch.inf).triu(1).to(vectors)
    out = []
    for line in ids:
        x = text.token_embedding.weight[line]
        x = torch.cat([x[:1], vectors, x[5:]]) + text.positional_embedding
        for i, block in enumerate(blocks):
            if i == len(blocks) - 1:
                made = generate(x[1:5], contexts[i].detach(), part)
                x = torch.cat([x[:1], made, x[5:]])
            x = reference.block(x[None], block, mask)[0]
        end = int(line.argmax())
        out.append(norm(x[end], text.ln_final) @ text.text_projection)
    return torch.stack(out)


def tc_clip(model, inputs, num=NUM, most=MOST):
    """(B, V, 3, T, H, W) to videos, texts of each video and logits."""
    videos, texts, logits = [], [], []
    for clip in inputs.flatten(0, 1):
        frames, contexts = encode_clip(
            model.backbone, clip.transpose(0, 1), num, most
        )
        video, text = frames.mean(0), encode_texts(model, contexts)
        scale = model.cls_head.logit_scale.exp()
        videos.append(video)
        texts.append(text)
        logits.append(scale * unit(text) @ unit(video))
    return torch.stack(videos), torch.stack(texts), torch.stack(logits)


def compare_tc_clip(labels, frames, num=NUM, **parts):
    """The library's TC-CLIP in training with the formulas."""
    cfg = {**TC_CLIP, **parts}
    model, inputs = build(**cfg), clips(len(labels), frames)
    video, text, logits = tc_clip(model, inputs, num)
    loss = cross_entropy(logits, labels)
    compare(
        model, inputs, labels, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize('frames', [1, 2, 3, 5])
def test_tc_clip_equals_the_formulas(float64, frames):
    compare_tc_clip((1, 3), frames)
