"""Towers whose frames share keys and values, written out from the formulas.

Frame by frame and head by head.  ``choose(keys, t)`` says what frame t
attends to, given the (L, D) keys, or values, of all frames of a clip.
"""

import torch
from reference import layer_norm
from reference_models import embed, linear, mlp


def neighbors(keys, t):
    """Open-VCLIP: those of the next frame, the one before and its own."""
    around = []
    for s in (t + 1, t - 1):
        there = 0 <= s < len(keys)
        around.append(keys[s] if there else torch.zeros_like(keys[t]))
    return torch.cat([*around, keys[t]])


def shifted(offsets, size):
    """ZeroI2V: slice after slice of the channels from another frame."""

    def choose(keys, t):
        out = keys[t].clone()
        for i, offset in enumerate(offsets):
            if 0 <= t + offset < len(keys):
                part = slice(i * size, (i + 1) * size)
                out[:, part] = keys[t + offset][:, part]
        return out

    return choose


def everything(keys, t):
    """BDC-CLIP: those of all frames."""
    return torch.cat(list(keys))


def own(keys, t):
    """CLIP."""
    return keys[t]


def unchanged(name, x):
    """No adapter at any place."""
    return x


def shared_block(frames, module, choose, at=unchanged, context=None):
    """Frames of a clip, (L, D) each, to the same after a block.

    Args:
        frames: A list of T frames.
        module: open_clip's block.
        choose: See above.
        at: What is done to tokens at a named place.
        context: (K, D) tokens that every frame attends to besides.
    """
    attn, width = module.attn, module.attn.embed_dim
    weight, bias = attn.in_proj_weight, attn.in_proj_bias

    def projected(x, i):
        part = slice(i * width, (i + 1) * width)
        return x @ weight[part].T + bias[part]

    normed = [at('ln_1', layer_norm(x, module.ln_1)) for x in frames]
    more = frames[0][:0]
    if context is not None:
        more = at('ln_1', layer_norm(context, module.ln_1))
    keys, values = ([projected(x, i) for x in normed] for i in (1, 2))
    out = []
    for t, x in enumerate(frames):
        query = projected(normed[t], 0)
        key = torch.cat([choose(keys, t), projected(more, 1)])
        value = torch.cat([choose(values, t), projected(more, 2)])
        seen = linear(by_head(query, key, value, attn), attn.out_proj)
        x = x + at('attention', seen)
        wide = at('ln_2', layer_norm(x, module.ln_2))
        out.append(x + at('mlp', mlp(wide, module.mlp)))
    return out


def by_head(query, key, value, attn):
    """(L, D) attention, head after head."""
    size = attn.embed_dim // attn.num_heads
    out = []
    for h in range(attn.num_heads):
        part = slice(h * size, (h + 1) * size)
        scores = query[:, part] @ key[:, part].T / size**0.5
        out.append(scores.softmax(-1) @ value[:, part])
    return torch.cat(out, -1)


def class_tokens(visual, clip, chooses, ats=None, times=None, prompts=None):
    """(T, 3, H, W) frames of a clip to their (T, D) normed class tokens.

    Args:
        visual: open_clip's tower.
        clip: The frames.
        chooses: For each layer, see above.
        ats: For each layer, see :func:`shared_block`.
        times: (T, D) time embedding.
        prompts: For each layer (K, D), or None.
    """
    blocks = visual.transformer.resblocks
    ats = ats or [unchanged] * len(blocks)
    times = [0] * len(clip) if times is None else times
    prompts = list(prompts or [None] * len(blocks))
    if prompts[0] is not None:
        prompts[0] = layer_norm(prompts[0], visual.ln_pre)
    frames = [embed(visual, *pair) for pair in zip(clip, times, strict=True)]
    num = len(frames[0])
    for i, module in enumerate(blocks):
        context = prompts[i]
        if context is not None:
            frames = [x[:num] for x in frames]
            if prompts[i + 1 : i + 2] == [None]:  # carried on
                frames = [torch.cat([x, context]) for x in frames]
                context = None
        frames = shared_block(frames, module, chooses[i], ats[i], context)
    return layer_norm(torch.stack([x[0] for x in frames]), visual.ln_post)
