"""LoRA by its formulas: every matrix once more, with B A added to it."""

import copy

import helpers
import pytest
import reference
import torch
from reference_models import (
    LAYERS,
    TOKENIZER,
    build,
    by_frame,
    clips,
    close,
    compare,
    cosine_logits,
    cross_entropy,
    embed,
    learned_tensors,
    linear,
    project,
    quick_gelu,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.errors import UserError
from vlprompt.models import (
    CLIPTextTower,
    CLIPVisionTower,
    LinearAdapter,
    LoRA,
    TokenizedTexts,
)
from vlprompt.models.towers.merging import matrices_of, merge_into

MATRICES = ('q', 'k', 'v', 'out', 'fc', 'proj')
SCALE = 0.7
PART = dict(type='LoRA', rank=2, scale=SCALE, matrices=MATRICES)


def build_lora(*parts, noise=0.05, **kwargs):
    """LoRA in both towers."""
    parts = parts or (PART,)
    return build(
        noise=noise,
        backbone=dict(type='CLIPVisionTower', adapters=parts, **kwargs),
        text_encoder=dict(
            type='CLIPTextTower',
            adapters=parts,
            with_cp=bool(kwargs.get('with_cp')),
        ),
        trainable=['*.adapters.*'],
    )


def apply(x, name, module, part):
    """A matrix of a block with what LoRA adds, or without."""
    weight, bias = module
    out = x @ weight.T + bias
    if name in part.matrices:
        low = x @ part.down[name].T
        out = out + part.scale * (low @ part.up[name].T)
    return out


def lora_block(x, block, part, heads, mask=None):
    """One block on one sequence (L, D), head after head."""
    own = matrices_of(block)
    size = x.size(-1) // heads
    normed = reference.layer_norm(x, block.ln_1)
    q, k, v = (apply(normed, name, own[name], part) for name in 'qkv')
    out = []
    for h in range(heads):
        cols = slice(h * size, (h + 1) * size)
        scores = q[:, cols] @ k[:, cols].T / size**0.5
        scores = scores if mask is None else scores + mask
        out.append(scores.softmax(-1) @ v[:, cols])
    x = x + apply(torch.cat(out, -1), 'out', own['out'], part)
    normed = reference.layer_norm(x, block.ln_2)
    hidden = quick_gelu(apply(normed, 'fc', own['fc'], part))
    return x + apply(hidden, 'proj', own['proj'], part)


class Nothing:
    """In layers that have no part."""

    matrices = ()


def part_of(layer):
    return layer[0] if len(layer) else Nothing()


def lora_frames(model, inputs):
    """(B, 1, 3, T, H, W) pixels to (B, T, E)."""
    visual = model.backbone.visual
    blocks = visual.transformer.resblocks
    clips_of = []
    for clip in by_frame(inputs):
        rows = []
        for frame in clip:
            x = embed(visual, frame)
            for block, parts in zip(
                blocks, model.backbone.adapters, strict=True
            ):
                x = lora_block(x, block, part_of(parts), 2)
            rows.append(project(visual, x))
        clips_of.append(torch.stack(rows))
    return torch.stack(clips_of)


def lora_texts(model, lines):
    """Lines to (C, E), each by itself over all 77 places."""
    text, out = model.text_encoder.text, []
    mask = torch.full((77, 77), -torch.inf).triu(1)
    for ids in TOKENIZER(lines):
        x = text.token_embedding.weight[ids] + text.positional_embedding
        for block, parts in zip(
            text.transformer.resblocks,
            model.text_encoder.adapters,
            strict=True,
        ):
            x = lora_block(x, block, part_of(parts), 2, mask.to(x))
        x = reference.layer_norm(x[int(ids.argmax())], text.ln_final)
        out.append(x @ text.text_projection)
    return torch.stack(out)


def check_lora(model, inputs, labels=(1, 3)):
    """Features, logits, loss and gradients of a training step."""
    video = lora_frames(model, inputs).mean(1)
    text = lora_texts(model, [f'a photo of a {name}.' for name in CLASSES])
    logits = cosine_logits(model, video, text)
    loss = cross_entropy(logits, labels)
    compare(
        model, inputs, labels, video=video, text=text, logits=logits, loss=loss
    )


@pytest.mark.parametrize('with_cp', [False, True, 'mlp'])
def test_lora_equals_the_formulas(float64, with_cp):
    model = build_lora(with_cp=with_cp)
    assert len(learned_tensors(model)) == 2 * LAYERS * 6 * 2
    check_lora(model, clips())


@pytest.mark.parametrize('matrices', [('q', 'k', 'v'), ('v',), ('fc',)])
def test_lora_of_some_matrices_in_some_layers(float64, matrices):
    model = build_lora(dict(PART, matrices=matrices, rank=3, layers=[0, 2]))
    assert len(learned_tensors(model)) == 2 * 2 * len(matrices) * 2
    check_lora(model, clips(frames=1))


def test_lora_equals_the_formulas_in_float32():
    check_lora(build_lora(), clips())


def test_it_starts_as_clip(float64):
    model = build_lora(noise=0.0)
    plain = CLIPVisionTower(model.backbone.visual)
    frames = by_frame(clips())
    with torch.no_grad():
        close(model.backbone(frames).frames, plain(frames).frames)
    for part in model.backbone.adapters[0][0].down.values():
        bound = 1 / part.size(1) ** 0.5  # of kaiming with a = sqrt(5)
        assert bound / 2 < part.abs().max() <= bound


def test_packed_texts_are_texts_alone(float64):
    """Tokens share rows, and what all begin with is run once."""
    model = build_lora()
    ids = TOKENIZER([f'a photo of a {name}.' for name in CLASSES])
    packed = model.text_encoder(TokenizedTexts.from_ids(ids))
    for i in range(len(ids)):
        one = TokenizedTexts.from_ids(ids[i : i + 1])
        close(packed[i : i + 1], model.text_encoder(one))


def test_full_rank_gives_any_change(float64):
    model = build()
    visual = model.backbone.visual
    changed = copy.deepcopy(visual)
    part = dict(PART, rank=128)
    adapted = CLIPVisionTower(visual, adapters=[part])
    for block, layer in zip(
        changed.transformer.resblocks, adapted.adapters, strict=True
    ):
        for name, (weight, _) in matrices_of(block).items():
            change = 0.1 * torch.randn_like(weight)
            weight.data += change
            down = layer[0].down[name].data
            layer[0].up[name].data = change @ torch.linalg.pinv(down) / SCALE
    frames = by_frame(clips())
    with torch.no_grad():
        close(
            adapted.double()(frames).frames,
            CLIPVisionTower(changed)(frames).frames,
        )


def test_dropout_is_of_what_the_adapter_reads(float64):
    torch.manual_seed(0)
    part = LoRA(4, 16, rank=2, scale=3.0, matrices=['q'], dropout=0.5)
    part.up['q'].data.normal_()
    part = part.double()
    x = torch.randn(5, 4)
    torch.manual_seed(1)
    kept = torch.nn.functional.dropout(x, 0.5)
    torch.manual_seed(1)
    expected = 3.0 * kept @ part.down['q'].T @ part.up['q'].T
    close(part.delta('q', x), expected)
    exact = 3.0 * x @ part.down['q'].T @ part.up['q'].T
    close(part.eval().delta('q', x), exact)


# Orders of parts that read, write and change matrices in turn.
LINEAR = dict(type='LinearAdapter', dropout=0.1)
STACKS = (
    (PART,),
    (LINEAR,),
    (PART, LINEAR),
    (LINEAR, PART),
    (LINEAR, dict(LINEAR, scale=1.0), PART, PART),
    (dict(LINEAR, places=['ln_1', 'mlp']), dict(PART, dropout=0.25)),
    (dict(type='TokenDropPath', rate=0.3), PART),
)


@pytest.mark.parametrize('stack', STACKS)
@pytest.mark.parametrize('double', [False, True])
def test_merged_blocks_compute_what_the_parts_did(stack, double):
    """In evaluation; in float32 to 1e-6, whatever the order of parts."""
    model = build_lora(*stack).eval()
    visual = copy.deepcopy(model.backbone.visual)
    text = copy.deepcopy(model.text_encoder.text)
    tolerance = dict(atol=1e-6, rtol=0)
    if double:
        model, visual, text = model.double(), visual.double(), text.double()
        tolerance = dict(atol=1e-12, rtol=1e-10)
    for tower, adapters in (
        (visual, model.backbone.adapters),
        (text, model.text_encoder.adapters),
    ):
        for block, parts in zip(
            tower.transformer.resblocks, adapters, strict=True
        ):
            merge_into(block, parts)
    dtype = visual.proj.dtype
    frames = by_frame(clips()).to(dtype)
    tokens = model.texts()
    with torch.no_grad():
        for ours, theirs in (
            (
                CLIPVisionTower(visual)(frames).frames,
                model.backbone(frames).frames,
            ),
            (CLIPTextTower(text)(tokens), model.text_encoder(tokens)),
        ):
            torch.testing.assert_close(unit(ours), unit(theirs), **tolerance)
        plain = CLIPVisionTower(model.backbone.visual)(frames).frames
    assert (plain - model.backbone(frames).frames).abs().max() > 1e-3


def test_frozen_weights_in_half_precision_leave_the_factors_alone():
    """Those of the towers are held in bf16, what is learnt is not."""
    losses, models = [], []
    for dtype in ('bfloat16', None):
        model = helpers.build(
            backbone=dict(type='CLIPVisionTower', adapters=[PART]),
            text_encoder=dict(type='CLIPTextTower', adapters=[PART]),
            texts=dict(type='ClassTexts'),
            prompts=None,
            cls_head=dict(type='SimilarityHead'),
            trainable=['*.adapters.*'],
            frozen_dtype=dtype,
        )
        torch.manual_seed(1)
        for p in learned_tensors(model).values():
            p.data += 0.05 * torch.randn_like(p)
        losses.append(model(clips(), samples(1, 3), mode='loss')['loss_cls'])
        losses[-1].backward()
        models.append(model)
    torch.testing.assert_close(*losses, atol=0.05, rtol=0.05)
    block = models[0].backbone.visual.transformer.resblocks[0]
    assert block.mlp.c_fc.weight.dtype == torch.bfloat16
    for model in models:
        for name, p in learned_tensors(model).items():
            assert p.dtype == p.grad.dtype == torch.float32, name
            assert p.grad.abs().max() > 0, name


@pytest.mark.parametrize(
    ('wrong', 'line'),
    [
        (dict(matrices=('q', 'o')), "matrices=\\['q', 'o'\\], expected some"),
        (dict(matrices=()), 'matrices=\\[\\], expected some'),
        (dict(matrices=('q', 'q')), 'each once'),
        (dict(rank=0), 'rank=0, expected 1 or more'),
        (dict(layers=[7]), 'LoRA: layers=\\[7\\]'),
    ],
)
def test_what_cannot_be_is_refused(wrong, line):
    with pytest.raises(UserError, match=line):
        build_lora(dict(PART, **wrong))


def test_the_mlp_of_a_tower_may_have_any_width(float64):
    part = LoRA(8, 20, rank=3, scale=1.0, matrices=['fc', 'proj'])
    assert part.delta('fc', torch.randn(2, 8)).shape == (2, 20)
    assert part.delta('proj', torch.randn(2, 20)).shape == (2, 8)


def test_linear_adapters_stand_in_text_towers_too(float64):
    model = build_lora(dict(LINEAR, dropout=0.0))
    assert type(model.text_encoder.adapters[0][0]) is LinearAdapter
    own = matrices_of(model.text_encoder.text.transformer.resblocks[0])
    x = torch.randn(2, 1, 3, 16)
    maps = model.text_encoder.adapters[0][0].linear_maps().places['ln_1']
    adapted = model.text_encoder.adapters[0][0].place('ln_1', x)
    close(adapted, linear(x, maps))
    assert own['q'][0].shape == (16, 16)
