"""Small models, and what the references of several methods have in common.

A reference goes clip by clip, text by text and token by token, over all 77
tokens; it shares the weights of a model and none of its parts.
"""

import reference
import torch
from mmaction.structures import ActionDataSample
from open_clip.tokenizer import SimpleTokenizer
from tiny import CLASSES, TINY

from vlprompt.registry import MODELS

TOKENIZER = SimpleTokenizer()
LAYERS, WIDTH, EMBED = 4, 32, 24  # of TINY
VALUES = {
    torch.float64: dict(atol=1e-9, rtol=0),
    torch.float32: dict(atol=1e-5, rtol=0),
}
GRADIENTS = {
    torch.float64: dict(atol=1e-9, rtol=1e-7),
    torch.float32: dict(atol=1e-5, rtol=1e-5),
}
LONG = 'two dogs chase a red ball over the wet grass and ' * 9
CAPTIONS = ('a man rides a bike', 'Cooking', LONG)
IN_BATCH = dict(
    type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
)


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


def clips(batch=2, frames=3, views=1):
    """(B, V, 3, T, H, W) pixels."""
    generator = torch.Generator().manual_seed(frames)
    shape = (batch, views, 3, frames, 32, 32)
    return torch.randn(shape, generator=generator)


def by_frame(inputs):
    """(B, V, 3, T, H, W) to (B, T, 3, H, W), the first views."""
    return inputs[:, 0].transpose(1, 2)


def samples(*labels):
    """Labelled samples; a label is a number or a list of probabilities."""
    return [
        ActionDataSample().set_gt_label(
            torch.tensor(label) if isinstance(label, list) else label
        )
        for label in labels
    ]


def captioned(valid=(), captions=CAPTIONS):
    """Samples with captions and, perhaps, numbers of real frames."""
    infos = [dict(text=caption) for caption in captions]
    for i, number in enumerate(valid):
        infos[i]['num_valid_frames'] = number
    return [ActionDataSample(metainfo=info) for info in infos]


def learned_tensors(model):
    """What is learnt, by name."""
    return {n: p for n, p in model.named_parameters() if p.requires_grad}


def close(ours, theirs, name='', tolerances=VALUES):
    """Equal up to the tolerance of their precision."""
    torch.testing.assert_close(
        ours,
        theirs,
        **tolerances[theirs.dtype],
        msg=lambda text: f'{name}: {text}',
    )


def check_gradients(model, ours, theirs, unmoved=()):
    """Two scalars with the same gradient in every tensor that is learnt."""
    learned = learned_tensors(model)
    gradients = (
        torch.autograd.grad(scalar, list(learned.values()))
        for scalar in (ours, theirs)
    )
    for name, a, b in zip(learned, *gradients, strict=True):
        assert b.abs().max() > 1e-6 or name in unmoved, name
        close(a, b, name, GRADIENTS)


def check(model, ours, theirs, unmoved=()):
    """Tensors by name, and the gradient of the loss for what is learnt."""
    for name, tensor in theirs.items():
        close(ours[name], tensor, name)
    check_gradients(model, ours['loss'], theirs['loss'], unmoved)


def classify(model, inputs, data_samples):
    """Features, logits and loss of the library."""
    features, _ = model.extract_feat(inputs, data_samples=data_samples)
    losses = model.cls_head.loss(features, data_samples)
    return dict(
        video=features.video,
        text=features.text,
        logits=model.cls_head(features),
        loss=losses['loss_cls'],
        classes=features.targets,
    )


def compare(model, inputs, labels, **theirs):
    """Features, logits, loss and gradients of a training step."""
    data_samples = samples(*labels)
    ours = classify(model, inputs, data_samples)
    losses = model(inputs, data_samples, mode='loss')
    close(losses['loss_cls'], ours['loss'], 'loss of a step')
    check(model, {**ours, 'loss': losses['loss_cls']}, theirs)


def align(model, inputs, data_samples):
    """Features, similarities and loss of the library, captions in rows."""
    features, _ = model.extract_feat(inputs, data_samples=data_samples)
    losses = model.cls_head.loss(features, data_samples)
    return dict(
        video=features.video,
        text=features.text,
        scores=model.cls_head.compare(features),
        loss=losses['loss_alignment'],
    )


def unit(x):
    """Vectors of length 1."""
    return x / x.pow(2).sum(-1, keepdim=True).sqrt()


def cosine_logits(model, video, text):
    """(B, E) videos and (C, E) texts to (B, C)."""
    return model.cls_head.logit_scale.exp() * unit(video) @ unit(text).T


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
    """A layer norm."""
    centered = x - x.mean(-1, keepdim=True)
    var = (centered**2).mean(-1, keepdim=True)
    return (
        centered / torch.sqrt(var + module.eps) * module.weight + module.bias
    )


def linear(x, module):
    """A linear map with or without a bias."""
    x = x @ module.weight.T
    return x if module.bias is None else x + module.bias


def quick_gelu(x):
    """CLIP's activation."""
    return x / (1 + torch.exp(-1.702 * x))


def mlp(x, module):
    """CLIP's MLP."""
    return linear(quick_gelu(linear(x, module.c_fc)), module.c_proj)


def attend(x, module):
    """Attention of one sequence (L, D) after the norm, no residual."""
    normed = reference.layer_norm(x, module.ln_1)
    return reference.attention(normed[None], module.attn, None)[0]


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
    return x + mlp(norm(x, block.ln_2), block.mlp)


def run_blocks(x, blocks, heads):
    """CLIP blocks on one sequence."""
    for block in blocks:
        x = clip_block(x, block, heads)
    return x


def embed(visual, frame, time=0):
    """One (3, H, W) frame to its (1 + P, D) tokens after the first norm."""
    size = visual.patch_size[0]
    rows = [visual.class_embedding]
    for y in range(0, frame.size(1), size):
        for x in range(0, frame.size(2), size):
            cell = frame[:, y : y + size, x : x + size]
            rows.append(visual.conv1.weight.flatten(1) @ cell.flatten())
    tokens = torch.stack(rows) + visual.positional_embedding + time
    return reference.layer_norm(tokens, visual.ln_pre)


def project(visual, tokens):
    """(N, D) tokens of a frame after the last layer to its (E,) embedding."""
    return reference.layer_norm(tokens[0], visual.ln_post) @ visual.proj


def transform_frames(pooler, frames):
    """(T, E) frames to the (E,) mean of what CLIP blocks add to them."""
    tokens = frames + pooler.positions[: len(frames)]
    for module in pooler.blocks:
        tokens = reference.block(tokens[None], module)[0]
    return (tokens + frames).mean(0)


def encode_frames(model, inputs, prompts=(None,) * LAYERS):
    """The frames of the first views by CLIP, (B, T, E)."""
    visual = model.backbone.visual
    return reference.encode_frames(visual, by_frame(inputs), prompts)


def encode_sentences(model, lines, num=0, prompts=(None,) * LAYERS):
    """Lines, before which stand words for prompts, to (C, E)."""
    ids = TOKENIZER([('X ' * num) + line for line in lines])
    slots = [range(1, 1 + num)] * len(lines)
    return reference.encode_text(
        model.text_encoder.text, ids, slots, list(prompts)
    )


def prompted(model, inputs, lines, num, prompts):
    """Features and scores of a prompted CLIP, classes in columns."""
    video = encode_frames(model, inputs, prompts['visual']).mean(1)
    text = encode_sentences(model, lines, num, prompts['text'])
    logits = cosine_logits(model, video, text)
    return dict(video=video, text=text, logits=logits)
