"""Texts of many lengths: rows without gaps, the same numbers, less work."""

import pytest
import reference
import torch
from helpers import (
    NOVEL,
    Counter,
    assert_same,
    build,
    clips,
    deep_prompts,
    total,
)
from open_clip.tokenizer import SimpleTokenizer
from torch.utils.flop_counter import FlopCounterMode

from vlprompt.datasets import load_class_names
from vlprompt.models import (
    ClassTexts,
    CLIPTextTower,
    TokenizedTexts,
    load_clip,
)
from vlprompt.models.towers import packing
from vlprompt.models.towers.packing import balance, pack

NAMES = load_class_names('ssv2')[:24]  # of 4 to 14 tokens
LISTS = {'hmdb51': 176, 'ucf101': 441, 'ssv2': 1552, 'kinetics400': 1735}


def class_texts(template, names=NAMES):
    return ClassTexts(SimpleTokenizer(), template, classes=names)()


def test_rows_by_hand(monkeypatch):
    """The longest first, each to the row with the fewest tokens."""
    monkeypatch.setattr(packing, 'ROW', 6)
    packed = pack([3, 5, 4])
    assert packed.owners.tolist() == [
        [1, 1, 1, 1, 1, -1, -1],
        [2, 2, 2, 2, 0, 0, 0],
    ]
    assert packed.places.tolist() == [
        [0, 1, 2, 3, 4, 0, 0],
        [0, 1, 2, 3, 0, 1, 2],
    ]
    assert packed.starts.tolist() == [11, 0, 7]
    assert packed.ends.tolist() == [[4, 0], [3, 6]]
    assert packed.order.tolist() == [3, 0, 2]


def test_a_text_sees_itself_and_no_later_token():
    packed = pack([2, 3, 1] * 30)
    owners, mask = packed.owners, packed.mask()
    assert len(owners) == 3 and mask.shape == (3, 1, 60, 60)
    for r in range(3):
        for i in range(60):
            seen = [j for j in range(i + 1) if owners[r, j] == owners[r, i]]
            assert mask[r, 0, i].isfinite().nonzero()[:, 0].tolist() == seen
            assert not mask[r, 0, i, seen].any()


@pytest.mark.parametrize('num', [1, 2, 8, 30])
def test_parts_have_about_as_many_tokens(num):
    lengths = class_texts('[16] {}.').remainders()
    parts = balance(lengths, num)
    assert sorted(c for part in parts for c in part) == [*range(24)]
    tokens = [sum(lengths[c] for c in part) for part in parts]
    assert len(parts) == num and max(tokens) - min(tokens) <= max(lengths)
    assert max(tokens) <= max(max(lengths), sum(lengths) / num * 4 / 3)


@pytest.mark.parametrize('name', LISTS)
def test_rows_of_the_data_sets_have_hardly_a_gap(name):
    lengths = class_texts('[16] {}.', load_class_names(name)).remainders()
    assert sum(lengths) == LISTS[name]
    assert pack(lengths).owners.numel() <= 1.04 * sum(lengths)


@pytest.mark.parametrize('row', [1, 20, 64])
@pytest.mark.parametrize('depth', [2, 4])
@pytest.mark.parametrize('template', ['[3] {}.', '[1] {} [2].', '{} [3]'])
def test_packed_texts_equal_the_full_token_computation(
    clip, monkeypatch, row, depth, template
):
    monkeypatch.setattr(packing, 'ROW', row)
    texts, prompts = class_texts(template), deep_prompts(depth, 4, 3, 16)
    assert len(pack(texts.remainders()).owners) > 2
    ours = CLIPTextTower(clip.text)(texts, prompts)
    theirs = reference.encode_text(clip.text, texts.ids, texts.slots, prompts)
    assert_same(ours, theirs, prompts)
    plain, recomputed = (
        CLIPTextTower(clip.text, with_cp=with_cp)(texts, prompts)
        for with_cp in (False, True)
    )
    assert_same(recomputed, plain, prompts)


def test_packed_prompts_of_each_class(clip):
    texts = class_texts('a [3] {}.')
    prompts = [torch.randn(24, 3, 16).double(), None, None, None]
    prompts[0].requires_grad_()
    ours = CLIPTextTower(clip.text)(texts, prompts)
    theirs = reference.encode_text(clip.text, texts.ids, texts.slots, prompts)
    assert_same(ours, theirs, prompts)


def test_prompts_that_pause_are_carried_on(clip):
    texts = class_texts('a [3] {}.')
    prompts = deep_prompts(4, 4, 3, 16)
    prompts[1] = prompts[2] = None
    ours = CLIPTextTower(clip.text)(texts, prompts)
    theirs = reference.encode_text(clip.text, texts.ids, texts.slots, prompts)
    assert_same(ours, theirs, prompts)


def test_a_trained_tower_learns_the_same_from_packed_texts(tiny):
    torch.manual_seed(0)
    text = load_clip(tiny).text.double()
    texts = class_texts('a photo of a {}.')
    ids = torch.zeros(24, 77).long()
    ids[:, : texts.ids.size(1)] = texts.ids
    named = dict(text.named_parameters())
    weights = torch.randn(24, 24).double()
    ours, theirs = (
        torch.autograd.grad((out * weights).sum(), named.values())
        for out in (CLIPTextTower(text)(texts), text(ids))
    )
    for name, a, b in zip(named, ours, theirs, strict=True):
        torch.testing.assert_close(a, b, atol=1e-9, rtol=1e-7, msg=name)


def test_texts_with_nothing_in_common(clip):
    ids = torch.tensor([[5, 6, 49407], [7, 49407, 0], [8, 9, 49407]])
    texts = TokenizedTexts.from_ids(ids)
    assert texts.shared == 0
    full = torch.zeros(3, 77).long()
    full[:, :3] = ids
    torch.testing.assert_close(
        CLIPTextTower(clip.text)(texts), clip.text(full)
    )


@pytest.fixture(scope='module')
def wide_text():
    """The text tower of ViT-B/16, which has shapes, but no values."""
    clip = load_clip(
        dict(
            embed_dim=512,
            vision_cfg=dict(image_size=8, patch_size=8, width=64, layers=1),
            text_cfg=dict(width=512, heads=8, layers=12),
        )
    )
    return clip.text.to('meta').requires_grad_(False)


@pytest.mark.parametrize(
    ('name', 'at_least'),
    [('hmdb51', 20), ('ucf101', 17), ('ssv2', 8), ('kinetics400', 18)],
)
def test_work_against_77_tokens_for_each_class(wide_text, name, at_least):
    """Multiply-accumulates, forward and backward, of ViT-B/16's texts."""
    texts = class_texts('[16] {}.', load_class_names(name)).to('meta')
    shape = (16, 512)
    prompts = [
        torch.empty(shape, device='meta', requires_grad=True)
        for _ in range(12)
    ]

    def work(encode):
        with FlopCounterMode(display=False) as counter:
            encode().sum().backward()
        return counter.get_total_flops()

    ours = work(lambda: CLIPTextTower(wide_text)(texts, prompts))
    full = torch.empty(len(texts.ids), 77, 512, device='meta')
    full.requires_grad_()

    def whole():
        tokens = full
        for block in wide_text.transformer.resblocks:
            tokens = block(tokens, attn_mask=wide_text.attn_mask)
        return tokens[:, -1] @ wide_text.text_projection

    assert work(whole) / ours > at_least


def test_anchors_are_encoded_once_for_a_class_list():
    """The prompted texts with them in each training step."""
    model = build().train()
    counter = Counter(model)
    for _ in range(3):
        total(model, clips(), 0, 1)
    assert counter.calls == 1 + 3
    model.set_classes(NOVEL)
    for _ in range(3):
        total(model, clips(), 0, 1)
    assert counter.calls == 2 + 6
    model.eval()
    with torch.no_grad():
        model.extract_feat(clips())
        model.extract_feat(clips())
    assert counter.calls == 2 + 6 + 1
