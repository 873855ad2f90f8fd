"""CLIP with deep prompts, written out from the formulas.

Full sequences, one block after the other, heads in a loop, all 77 tokens,
every class on its own: slow, and independent of the towers.
"""

import torch


def layer_norm(x, norm):
    mean = x.mean(-1, keepdim=True)
    var = ((x - mean) ** 2).mean(-1, keepdim=True)
    return (x - mean) / torch.sqrt(var + norm.eps) * norm.weight + norm.bias


def attention(x, attn, mask):
    width = x.size(-1)
    size = width // attn.num_heads
    weight, bias = attn.in_proj_weight, attn.in_proj_bias
    q = x @ weight[:width].T + bias[:width]
    k = x @ weight[width : 2 * width].T + bias[width : 2 * width]
    v = x @ weight[2 * width :].T + bias[2 * width :]
    out = []
    for h in range(attn.num_heads):
        part = slice(h * size, (h + 1) * size)
        scores = q[..., part] @ k[..., part].transpose(-1, -2) / size**0.5
        if mask is not None:
            scores = scores + mask
        out.append(scores.softmax(-1) @ v[..., part])
    return torch.cat(out, -1) @ attn.out_proj.weight.T + attn.out_proj.bias


def block(x, module, mask=None, quick=True):
    x = x + attention(layer_norm(x, module.ln_1), module.attn, mask)
    hidden = layer_norm(x, module.ln_2) @ module.mlp.c_fc.weight.T
    hidden = hidden + module.mlp.c_fc.bias
    if quick:
        hidden = hidden * torch.sigmoid(1.702 * hidden)
    else:
        hidden = torch.nn.functional.gelu(hidden)
    return x + hidden @ module.mlp.c_proj.weight.T + module.mlp.c_proj.bias


def encode_frames(visual, frames, prompts, quick=True):
    """(B, T, 3, H, W) to (B, T, E); prompts: one (K, D) or None a layer."""
    patch = visual.patch_size[0]
    out = []
    for frame in frames.flatten(0, 1):
        # cut the patches by hand: (3, H, W) -> (h * w, 3 * p * p)
        cells = frame.unfold(1, patch, patch).unfold(2, patch, patch)
        cells = cells.permute(1, 2, 0, 3, 4).flatten(2).flatten(0, 1)
        x = cells @ visual.conv1.weight.flatten(1).T
        x = torch.cat([visual.class_embedding[None], x])
        x = x + visual.positional_embedding
        own = len(x)
        if prompts[0] is not None:
            x = torch.cat([x, prompts[0]])
        x = layer_norm(x, visual.ln_pre)
        for i, module in enumerate(visual.transformer.resblocks):
            if i > 0 and prompts[i] is not None:
                x = torch.cat([x[:own], prompts[i]])
            x = block(x[None], module, quick=quick)[0]
        out.append(layer_norm(x[0], visual.ln_post) @ visual.proj)
    return torch.stack(out).unflatten(0, frames.shape[:2])


def encode_text(text, ids, slots, prompts, quick=True):
    """(C, 77) ids, (C, K) slots to (C, E)."""
    mask = torch.full((ids.size(1), ids.size(1)), -torch.inf).triu(1)
    out = []
    for c, line in enumerate(ids):
        x = text.token_embedding.weight[line]
        for i, module in enumerate(text.transformer.resblocks):
            prompt = prompts[i]
            if prompt is not None:
                prompt = prompt[c] if prompt.dim() == 3 else prompt
                rows = list(x)
                for slot, vector in zip(slots[c], prompt, strict=True):
                    rows[slot] = vector
                x = torch.stack(rows)
            if i == 0:
                x = x + text.positional_embedding[: len(x)]
            x = block(x[None], module, mask.to(x), quick)[0]
        end = int((line == line.max()).nonzero()[0])
        out.append(layer_norm(x[end], text.ln_final) @ text.text_projection)
    return torch.stack(out)
