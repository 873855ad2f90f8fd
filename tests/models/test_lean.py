"""What saves time and memory and changes no number."""

from functools import partial

import pytest
import torch
from helpers import build, clips, samples, total
from mmengine.config import Config
from open_clip.transformer import QuickGELU as PlainQuickGELU
from torch._dynamo.utils import counters
from torch.autograd.graph import saved_tensors_hooks

from vlprompt.apis.mixed_precision import use_mixed_precision
from vlprompt.errors import UserError
from vlprompt.models import VideoTextRecognizer
from vlprompt.models.layers.quick_gelu import QuickGELU

VISION = dict(type='CLIPVisionTower')


def gradients(model, loss):
    learned = [p for p in model.parameters() if p.requires_grad]
    return torch.autograd.grad(loss, learned)


def count_saved(module, x):
    sizes = []
    with saved_tensors_hooks(lambda t: sizes.append(t.numel()), lambda _: 0):
        module(x)
    return sum(sizes) / x.numel()


def test_quick_gelu_is_open_clips_and_keeps_half():
    x = torch.randn(100, requires_grad=True)
    assert torch.equal(QuickGELU()(x), PlainQuickGELU()(x))
    assert count_saved(PlainQuickGELU(), x) >= 2
    assert count_saved(QuickGELU(), x) == 1
    x = torch.randn(9, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(QuickGELU(), x)
    assert torch.autograd.gradgradcheck(QuickGELU(), x)
    ours, theirs = (
        torch.autograd.grad(each(x).square().sum(), x)[0]
        for each in (QuickGELU(), PlainQuickGELU())
    )
    torch.testing.assert_close(ours, theirs, rtol=1e-14, atol=1e-14)


def bytes_saved(model, inputs):
    """What a step keeps for its backward pass, each memory once."""
    kept = {}

    def keep(t):
        storage = t.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        return t

    with saved_tensors_hooks(keep, lambda t: t):
        loss = total(model, inputs, 0, 1)
    for p in model.parameters():
        kept.pop(p.untyped_storage().data_ptr(), None)
    found = sum(kept.values())
    return found, gradients(model, loss)


def test_recomputing_keeps_less_and_changes_nothing():
    inputs, plain = clips(), build().train()
    sizes, grads = [], []
    for with_cp in (False, 'mlp', True):
        plain.backbone.with_cp = with_cp
        size, grad = bytes_saved(plain, inputs)
        sizes.append(size)
        grads.append(grad)
    assert sizes[2] < 0.8 * sizes[1] < 0.8**2 * sizes[0]
    torch.testing.assert_close(grads[1:], [grads[0]] * 2)


def test_an_unknown_way_of_recomputing():
    with pytest.raises(UserError, match="with_cp='all', expected True, Fal"):
        build(backbone=dict(VISION, with_cp='all'))


@pytest.mark.parametrize('start', [0, 1, 2])
def test_nothing_is_kept_before_the_first_prompt(start):
    """Nor in the layer of the first: its queries and MLP see no gradient."""
    layers = range(start, 4)
    prompts = dict(
        type='PromptLearner',
        visual=dict(type='DeepPrompts', num=2, layers=[*layers]),
    )
    model = build(
        prompts=prompts,
        texts=dict(type='ClassTexts', template='a video of {}.'),
        cls_head=dict(type='SimilarityHead'),
    ).train()
    kept = []
    for i, block in enumerate(model.backbone.visual.transformer.resblocks):
        block.ln_2.register_forward_pre_hook(
            lambda _, args, i=i: kept.append((i, args[0].requires_grad))
        )
    total(model, clips(), 0, 1)
    assert kept == [(i, i >= start) for i in range(4)]


def test_a_clip_has_no_other_quick_gelu():
    modules = [*build().modules()]
    assert not any(isinstance(m, PlainQuickGELU) for m in modules)
    assert sum(isinstance(m, QuickGELU) for m in modules) == 8


@pytest.mark.parametrize('device_dtype', ['bfloat16', 'float16'])
def test_frozen_weights_in_low_precision_are_what_autocast_makes(device_dtype):
    dtype = getattr(torch, device_dtype)
    plain, held = build().train(), build(frozen_dtype=device_dtype).train()
    inputs = clips()
    with torch.autocast('cpu', dtype):
        loss = total(plain, inputs, 1, 0)
    expected = gradients(plain, loss)
    found = total(held, inputs, 1, 0)
    assert found.dtype == torch.float32
    assert torch.equal(found, loss)
    for ours, theirs in zip(gradients(held, found), expected, strict=True):
        assert torch.equal(ours, theirs)


def test_what_is_learned_and_the_residual_stream_stay_in_fp32():
    model = build(frozen_dtype='bfloat16')
    block = model.backbone.visual.transformer.resblocks[0]
    assert block.attn.in_proj_weight.dtype == torch.bfloat16
    assert block.mlp.c_fc.bias.dtype == torch.bfloat16
    assert block.ln_1.weight.dtype == torch.float32
    learned = [p for p in model.parameters() if p.requires_grad]
    assert {p.dtype for p in learned} == {torch.float32}
    with torch.autocast('cpu', torch.bfloat16):
        frames = torch.randn(1, 2, 3, 32, 32)
        assert model.backbone(frames).tokens.dtype == torch.float32


def test_a_checkpoint_does_not_know_of_the_precision():
    held, plain = build(frozen_dtype='bfloat16'), build()
    for p in held.prompts.parameters():
        p.data += 1
    state = held.state_dict()
    assert {v.dtype for v in state.values()} == {torch.float32, torch.uint8}
    plain.load_state_dict(state)
    again = build(frozen_dtype='bfloat16')
    again.load_state_dict(state)
    inputs = clips()
    results = [
        torch.stack(
            [
                s.pred_score
                for s in model.eval()(inputs, samples(0, 1), mode='predict')
            ]
        )
        for model in (held, again, plain)
    ]
    assert torch.equal(results[0], results[1])
    torch.testing.assert_close(results[0], results[2], rtol=0.1, atol=0.02)
    assert not torch.equal(results[0], results[2])


def test_an_unknown_precision():
    with pytest.raises(UserError, match="frozen_dtype='fp8', expected one of"):
        build(frozen_dtype='fp8')


@pytest.mark.parametrize(
    'kind',
    [
        'VideoTextRecognizer',
        'vlprompt.VideoTextRecognizer',
        VideoTextRecognizer,
    ],
)
def test_the_flag_holds_weights_of_our_model_alone(kind):
    ours = Config(dict(model=dict(type=kind)))
    ours.optim_wrapper = dict(dtype='float16')
    use_mixed_precision(ours)
    assert ours.model.frozen_dtype == 'float16'
    theirs = Config(dict(model=dict(type='Recognizer3D'), optim_wrapper={}))
    use_mixed_precision(theirs)
    assert 'frozen_dtype' not in theirs.model


@pytest.fixture
def captured(monkeypatch):
    """``torch.compile`` without its code generator, which takes minutes.

    Graphs are captured as with it.  Gives PyTorch's own counters.
    """
    torch._dynamo.reset()
    counters.clear()
    fast = partial(torch.compile, backend='aot_eager')
    monkeypatch.setattr(torch, 'compile', fast)
    return counters


@pytest.mark.slow
@pytest.mark.usefixtures('float64')
@pytest.mark.parametrize('depth', [2, 3])
def test_compiled_layers_give_the_same(captured, depth):
    """Trained, evaluated, loaded, and trained again, in batches of 2 and 1."""
    prompts = dict(type='ViLTPrompts', depth=depth, split=1)
    plain, compiled = (
        build(backbone=dict(VISION, compile=c), prompts=prompts).double()
        for c in (False, True)
    )
    assert plain.state_dict().keys() == compiled.state_dict().keys()
    batches = [clips(2).double(), clips(1).double()]

    def compare(inputs):
        labels = range(len(inputs))
        losses = [total(m.train(), inputs, *labels) for m in (plain, compiled)]
        torch.testing.assert_close(*losses)
        grads = [
            gradients(m, loss)
            for m, loss in zip((plain, compiled), losses, strict=True)
        ]
        torch.testing.assert_close(*grads, rtol=1e-8, atol=1e-10)

    def compare_scores(inputs):
        labels = range(len(inputs))
        with torch.no_grad():
            scores = [
                m.eval()(inputs, samples(*labels), mode='predict')
                for m in (plain, compiled)
            ]
        for a, b in zip(*scores, strict=True):
            torch.testing.assert_close(a.pred_score, b.pred_score)

    for _ in range(2):
        for inputs in batches:
            compare(inputs)
        for inputs in batches:
            compare_scores(inputs)
            compare_scores(inputs.expand(-1, 6, -1, -1, -1, -1))
        for p in plain.prompts.parameters():
            p.data += 0.5
        compiled.load_state_dict(plain.state_dict())
        seen = captured['frames']['ok']
        assert captured['frames']['total'] == seen  # nothing given up
    compare(batches[0])
    assert captured['frames']['ok'] == seen > 8  # nothing compiled again
