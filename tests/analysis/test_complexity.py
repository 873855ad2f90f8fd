"""Multiply-accumulates and parameters against formulas; throughput."""

import sys
from pathlib import Path

import pytest
import torch
from examples import CLASSES, FRAMES, GRID, LAYERS, WIDTH, build, clip_of

from vlprompt.analysis.complexity import (
    EveryToken,
    build_without_weights,
    count_macs,
    count_parameters,
    count_published_macs,
)
from vlprompt.analysis.throughput import _peak, measure_throughput
from vlprompt.apis import load_config
from vlprompt.datasets.pipelines import view_shape
from vlprompt.errors import UserError

CONFIGS = Path(__file__).parents[2] / 'configs'
TSN = (
    'mmaction::recognition/tsn/'
    'tsn_imagenet-pretrained-r50_8xb32-1x1x3-100e_kinetics400-rgb.py'
)
SWIN = (
    'mmaction::recognition/swin/'
    'swin-tiny-p244-w877_in1k-pre_8xb8-amp-32x2x1-30e_kinetics400-rgb.py'
)
SHAPE = tuple(clip_of().shape)
N, EMBED = 1 + GRID * GRID, 24
PATCHES = GRID * GRID * 3 * 8 * 8 * WIDTH
HEAD = len(CLASSES) * EMBED


def block(n, d):
    """A whole block of n tokens, the MLP 4 d wide."""
    return 12 * n * d * d + 2 * n * n * d


@pytest.mark.slow
def test_vit_b16_as_published():
    """281.0 G for 16 frames, 295.8 G with 10 prompts, 149.62 M."""
    config = load_config(f'{CONFIGS}/vifi/vlp_b16_few_shot.py')
    model = build_without_weights(config)
    model.set_classes(['running'])
    shape = view_shape(config, frames=16)
    assert shape == (1, 1, 3, 16, 224, 224)
    with_prompts = count_macs(model, shape)
    assert with_prompts.published / 1e9 == pytest.approx(295.8, abs=0.05)
    sizes = count_parameters(model)
    assert sizes.trainable == 2 * 12 * 10 * 768 - 12 * 10 * 256
    model.prompts = None
    plain = count_macs(model, shape)
    assert plain.published / 1e9 == pytest.approx(281.0, abs=0.05)
    frame = 196 * 768 * 768 + 12 * block(197, 768) + 768 * 512
    assert plain.published == 16 * frame + 512
    assert with_prompts.computed < plain.published
    sizes = count_parameters(model)
    assert sizes.total / 1e6 == pytest.approx(149.62, abs=0.005)
    words = sizes.total - sizes.without_token_embedding
    assert words == 49408 * 512


def test_of_the_last_block_the_class_token_alone_is_computed():
    macs = count_macs(build('clip'), SHAPE)
    d = WIDTH
    last = 2 * N * d * d + 2 * d * d + 2 * N * d + 8 * d * d
    frame = PATCHES + (LAYERS - 1) * block(N, d) + last + d * EMBED
    assert macs.computed == FRAMES * frame + HEAD
    whole = PATCHES + LAYERS * block(N, d) + d * EMBED
    assert macs.published == FRAMES * whole + HEAD
    parts = dict(backbone=FRAMES * frame, adapters=0, head=HEAD)
    assert macs.parts == parts


def test_prompts_are_keys_and_values_once_for_all_frames():
    macs = count_macs(build('prompts in all layers'), SHAPE)
    d, p = WIDTH, 3
    keys = 2 * p * d * d
    layer = 12 * N * d * d + 2 * N * (N + p) * d
    last = 2 * N * d * d + 2 * d * d + 2 * (N + p) * d + 8 * d * d
    frame = PATCHES + (LAYERS - 1) * layer + last + d * EMBED
    assert macs.parts['backbone'] == FRAMES * frame + LAYERS * keys
    whole = PATCHES + LAYERS * block(N + p, d) + d * EMBED
    assert macs.published == FRAMES * whole + HEAD


def test_adapters_are_counted_apart():
    d = WIDTH
    macs = count_macs(build('xclip'), SHAPE)
    time = 4 * d * d + 2 * FRAMES * d  # of a message to all messages
    message = d * d + time  # and the layer's token for it:
    seen = 2 * d * d + 2 * N * d
    assert macs.parts['adapters'] == LAYERS * FRAMES * (message + seen)
    assert set(macs.parts) == {
        'backbone',
        'adapters',
        'pooler',
        'conditioner',
        'head',
    }
    # the message leaves each whole block as well
    extra = block(N + 1, d) - block(N, d)
    plain = count_macs(build('clip'), SHAPE).published
    more = macs.parts['pooler'] + macs.parts['conditioner']
    expected = plain + LAYERS * FRAMES * (message + extra) + more
    assert macs.published == expected


def test_temporal_attention_of_aim_counts():
    """The block's attention a second time, and three bottlenecks of d / 4."""
    d = WIDTH
    macs = count_macs(build('aim'), SHAPE)
    time = 4 * N * d * d + 2 * N * FRAMES * d
    bottlenecks = 3 * N * 2 * d * (d // 4)
    plain = count_macs(build('clip'), SHAPE).published
    expected = plain + LAYERS * FRAMES * (time + bottlenecks)
    assert macs.published == expected


def test_the_published_way_gives_the_same_features():
    for name in ('prompts in all layers', 'vita', 'xclip'):
        model, inputs = build(name), clip_of()
        with torch.no_grad():
            expected, _ = model.extract_feat(inputs)
            model.backbone.patch_tokens = True
            for adapters in model.backbone.adapters:
                adapters.append(EveryToken())
            features, _ = model.extract_feat(inputs)
        torch.testing.assert_close(
            features.video, expected.video, atol=1e-5, rtol=1e-5
        )


def test_texts_are_counted_once_and_apart():
    """All that follows the common beginning is one row of tokens."""
    d, model = 16, build('clip')
    macs = count_macs(model, SHAPE)
    texts, num = model.texts(), len(CLASSES)
    shared, tail = texts.shared, sum(texts.remainders())
    total = shared + tail
    head = block(shared, d)  # of the first of two layers
    keys = 2 * shared * d * d
    first = 12 * tail * d * d + 2 * tail * total * d
    last = 2 * tail * d * d + num * (10 * d * d + 2 * total * d)
    assert macs.text == first + last + num * d * EMBED + head + 2 * keys
    assert count_macs(build('linear head'), SHAPE).text == 0


def test_class_prompts_need_no_values():
    assert count_macs(build('vita'), SHAPE).text > 0


def test_the_model_stays_as_it_is():
    model, inputs = build('vilt'), clip_of()
    before = {name: p.clone() for name, p in model.named_parameters()}
    with torch.no_grad():
        expected, _ = model.extract_feat(inputs)
        count_macs(model, SHAPE)
        features, _ = model.extract_feat(inputs)
    assert torch.equal(features.text, expected.text)
    for name, p in model.named_parameters():
        assert torch.equal(p, before[name])


def test_models_of_mmaction2():
    """Swin-T is 88 G and 28.2 M, a ResNet-50 4.1 G a frame (MMAction2)."""
    config = load_config(SWIN)
    model = build_without_weights(config)
    macs = count_macs(model, view_shape(config))
    assert macs.computed / 1e9 == pytest.approx(88, abs=0.5)
    assert macs.published == macs.computed and macs.text == 0
    assert count_parameters(model).total / 1e6 == pytest.approx(28.2, abs=0.1)
    config = load_config(TSN)
    assert view_shape(config) == (1, 3, 3, 224, 224)
    assert view_shape(config, 8) == (1, 8, 3, 224, 224)
    macs = count_macs(build_without_weights(config), view_shape(config))
    assert macs.computed / 3e9 == pytest.approx(4.1, abs=0.02)


def test_throughput(monkeypatch):
    model, calls = build('clip'), []
    model.text_encoder.register_forward_hook(lambda *_: calls.append('text'))
    model.backbone.register_forward_hook(lambda *_: calls.append('video'))
    ticks = iter(range(1000))
    monkeypatch.setattr('time.perf_counter', lambda: next(ticks) / 2)
    timed = measure_throughput(model, SHAPE, batch_size=3, iterations=4)
    assert calls.count('video') == 10 + 4  # with the warm-up
    assert calls.count('text') == 1
    assert timed.frames == FRAMES and timed.dtype == 'float32'
    assert timed.views_per_second == 3 * 4 / (4 * 0.5)
    assert timed.ms_per_view == 1000 * 4 * 0.5 / 12
    assert timed.peak_memory_mb > 0 and 'cpu' in timed.device
    for wrong in (dict(batch_size=0), dict(iterations=0), dict(dtype='int8')):
        with pytest.raises(UserError, match='expected numbers from 1 on'):
            measure_throughput(model, SHAPE, **wrong)


def test_peak_memory_on_other_systems(monkeypatch):
    here = _peak(torch.device('cpu'))
    monkeypatch.setattr('sys.platform', 'darwin')
    assert _peak(torch.device('cpu')) == pytest.approx(here / 1024, rel=0.2)
    monkeypatch.setitem(sys.modules, 'resource', None)  # Windows
    assert _peak(torch.device('cpu')) is None


def test_counts_need_no_values():
    """What is built on the meta device counts as what is built for use."""
    config = load_config(f'{CONFIGS}/vilt/vilt_toy.py')
    shape = view_shape(config)
    model, empty = (
        build_without_weights(config, device) for device in ('cpu', 'meta')
    )
    assert all(p.is_meta for p in empty.parameters())
    for each in (model, empty):
        each.set_classes(['running', 'a dog'])
    assert count_parameters(model) == count_parameters(empty)
    macs = count_macs(model, shape)
    assert macs == count_macs(empty, shape)
    assert macs.published == count_published_macs(empty, shape)
