"""The towers against open_clip and against the formulas."""

import open_clip
import pytest
import reference
import torch
from helpers import assert_same, deep_prompts, gradients
from open_clip.tokenizer import SimpleTokenizer
from tiny import CLASSES
from torch import nn

from vlprompt.errors import UserError
from vlprompt.models import (
    CLIPTextTower,
    CLIPVisionTower,
    TokenizedTexts,
    load_clip,
)
from vlprompt.models.texts import Template
from vlprompt.models.towers import Layer, wrap

TOKENIZER = SimpleTokenizer()
FULL_SIZE = ['ViT-B-16-quickgelu', 'ViT-B-32']
ARCHS = [
    'tiny',
    'tiny-gelu',
    *(pytest.param(arch, marks=pytest.mark.slow) for arch in FULL_SIZE),
]


def make(arch, tiny):
    torch.manual_seed(0)
    if arch.startswith('tiny'):
        return load_clip({**tiny, 'quick_gelu': arch == 'tiny'})
    return load_clip(arch)


def tokenized(template, names=CLASSES):
    rows = [Template(template, TOKENIZER)(name) for name in names]
    ids = torch.zeros(len(rows), 77, dtype=torch.long)
    for line, row in zip(ids, rows, strict=True):
        line[: len(row.ids)] = torch.tensor(row.ids)
    slots = torch.tensor([r.slots for r in rows], dtype=torch.long)
    return ids, slots


@pytest.mark.parametrize('arch', ARCHS)
def test_towers_without_prompts_equal_open_clip(arch, tiny):
    clip = make(arch, tiny)
    size = clip.visual.image_size[0]
    frames = torch.randn(1, 2, 3, size, size)
    expected = clip.visual(frames[0])
    plain = CLIPVisionTower(clip.visual, patch_tokens=True)(frames)
    assert torch.equal(plain.frames[0], expected)
    lean = CLIPVisionTower(clip.visual)(frames)
    torch.testing.assert_close(lean.frames[0], expected, atol=1e-5, rtol=1e-5)

    ids = open_clip.tokenize([f'a photo of a {c}.' for c in CLASSES])
    text = CLIPTextTower(clip.text)(TokenizedTexts.from_ids(ids))
    torch.testing.assert_close(text, clip.text(ids), atol=1e-5, rtol=1e-5)


def test_gradients_of_trained_towers_equal_open_clip(tiny):
    clip = make('tiny', tiny)
    for tower in (clip.visual, clip.text):
        tower.double()
    frames = torch.randn(2, 3, 3, 32, 32).double()
    ids, _ = tokenized('a photo of a {}.')
    pairs = [
        (clip.visual, lambda: clip.visual(frames.flatten(0, 1))),
        (clip.visual, lambda: CLIPVisionTower(clip.visual)(frames).frames),
        (clip.text, lambda: clip.text(ids)),
        (
            clip.text,
            lambda: CLIPTextTower(clip.text)(TokenizedTexts.from_ids(ids)),
        ),
    ]
    grads = []
    for tower, encode in pairs:
        tower.zero_grad()
        encode().square().sum().backward()
        grads.append({n: p.grad for n, p in tower.named_parameters()})
    for ours, theirs in ((grads[1], grads[0]), (grads[3], grads[2])):
        for name, grad in theirs.items():
            torch.testing.assert_close(
                ours[name], grad, atol=1e-9, rtol=1e-7, msg=name
            )


@pytest.mark.parametrize('tower', ['visual', 'text'])
def test_layer_without_context_is_open_clips_block(clip, tower):
    module = getattr(clip, tower).transformer.resblocks[1]
    mask = clip.text.attn_mask[:7, :7] if tower == 'text' else None
    width = module.attn.embed_dim
    tokens = torch.randn(2, 3, 7, width).double()
    expected = module(tokens.flatten(0, 1), attn_mask=mask)
    layer = Layer(module, mask)
    assert torch.equal(layer(tokens).flatten(0, 1), expected)
    # The same through the library's own attention, all tokens as queries.
    computed = layer(tokens, queries=slice(None)).flatten(0, 1)
    torch.testing.assert_close(computed, expected, atol=1e-12, rtol=1e-12)


@pytest.fixture(scope='module')
def deep_clip():
    """Twelve layers, as in the published models."""
    torch.manual_seed(0)
    clip = load_clip(
        dict(
            embed_dim=24,
            quick_gelu=True,
            vision_cfg=dict(
                image_size=16, patch_size=8, width=32, layers=12, head_width=16
            ),
            text_cfg=dict(width=16, heads=2, layers=12),
        )
    )
    for tower in (clip.visual, clip.text):
        tower.double().requires_grad_(False)
        for p in tower.parameters():
            p += 0.05 * torch.randn_like(p)
    return clip


@pytest.mark.parametrize('depth', [1, 6, 9, 12])
def test_vision_prompts_equal_the_full_token_computation(deep_clip, depth):
    prompts = deep_prompts(depth, 12, 5, 32)
    frames = torch.randn(2, 2, 3, 16, 16).double()
    ours = CLIPVisionTower(deep_clip.visual)(frames, prompts).frames
    theirs = reference.encode_frames(deep_clip.visual, frames, prompts)
    assert_same(ours, theirs, prompts)


@pytest.mark.parametrize('depth', [1, 6, 9, 12])
@pytest.mark.parametrize('template', ['[3] {}.', '[1] {} [2].', '{} [3]'])
def test_text_prompts_equal_the_full_token_computation(
    deep_clip, depth, template
):
    ids, slots = tokenized(template, CLASSES[:4])
    prompts = deep_prompts(depth, 12, 3, 16)
    texts = TokenizedTexts.from_ids(ids, slots)
    ours = CLIPTextTower(deep_clip.text)(texts, prompts)
    theirs = reference.encode_text(deep_clip.text, ids, slots, prompts)
    assert_same(ours, theirs, prompts)


def test_prompts_of_each_class_equal_the_full_token_computation(clip):
    ids, slots = tokenized('a [3] {}.')
    prompts = [torch.randn(len(ids), 3, 16).double(), None, None, None]
    prompts[0].requires_grad_()
    texts = TokenizedTexts.from_ids(ids, slots)
    ours = CLIPTextTower(clip.text)(texts, prompts)
    assert_same(
        ours, reference.encode_text(clip.text, ids, slots, prompts), prompts
    )


def test_prompts_may_start_late_and_pause(clip):
    prompts = [None, torch.randn(2, 32).double(), None, None]
    prompts[1].requires_grad_()
    frames = torch.randn(1, 2, 3, 32, 32).double()
    ours = CLIPVisionTower(clip.visual)(frames, prompts).frames
    theirs = reference.encode_frames(clip.visual, frames, prompts)
    assert_same(ours, theirs, prompts)


@pytest.mark.parametrize('names', [CLASSES[:1], CLASSES, ('a', 'a')])
def test_any_number_of_texts(clip, names):
    ids, _ = tokenized('a photo of a {}.', names)
    ours = CLIPTextTower(clip.text)(TokenizedTexts.from_ids(ids))
    torch.testing.assert_close(ours, clip.text(ids), atol=1e-10, rtol=1e-9)


def test_checkpointing_changes_nothing(clip):
    frames = torch.randn(1, 2, 3, 32, 32).double()
    vision = deep_prompts(2, 4, 3, 32)
    outs = [
        CLIPVisionTower(clip.visual, with_cp=with_cp)(frames, vision).frames
        for with_cp in (False, True)
    ]
    assert_same(*outs, vision)
    ids, slots = tokenized('[3] {}.')
    text = deep_prompts(2, 4, 3, 16)
    texts = TokenizedTexts.from_ids(ids, slots)
    outs = [
        CLIPTextTower(clip.text, with_cp=with_cp)(texts, text)
        for with_cp in (False, True)
    ]
    assert_same(*outs, text)


def test_two_forwards_in_one_step_are_independent(clip):
    ids, slots = tokenized('[3] {}.')
    texts = TokenizedTexts.from_ids(ids, slots)
    prompts = deep_prompts(4, 4, 3, 16)
    tower = CLIPTextTower(clip.text)
    alone = gradients(tower(texts, prompts), prompts)
    out = tower(texts, prompts)
    tower(texts.pick(torch.tensor([1, 0])), deep_prompts(4, 4, 3, 16))
    for a, b in zip(gradients(out, prompts), alone, strict=True):
        assert torch.equal(a, b)


def test_adapters_nest_with_the_first_outermost(clip):
    calls = []

    class Note(nn.Module):
        def __init__(self, name):
            super().__init__()
            self.name = name

        def forward(self, tokens, layer, context=None, queries=None):
            calls.append(self.name)
            return layer(tokens, context=context, queries=queries)

    tokens = torch.randn(1, 2, 17, 32).double()
    inner = Layer(clip.visual.transformer.resblocks[0])
    out = wrap(inner, [Note('outer'), Note('inner')])(tokens)
    assert calls == ['outer', 'inner']
    assert torch.equal(out, inner(tokens))


def test_frames_of_another_size_are_refused(clip):
    with pytest.raises(UserError, match=r'\(24, 32\) pixels.*\(32, 32\)'):
        CLIPVisionTower(clip.visual)(torch.zeros(1, 1, 3, 24, 32).double())
