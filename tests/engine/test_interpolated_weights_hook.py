"""Training between CLIP and the weights, against two passes by hand."""

import copy
from types import SimpleNamespace

import pytest
import torch
from averaged_model import make_batch, make_model
from mmengine.logging import MessageHub
from mmengine.optim import AmpOptimWrapper, OptimWrapper
from mmengine.runner import EpochBasedTrainLoop

from vlprompt.engine import InterpolatedWeightsHook, SharedTextHook
from vlprompt.errors import UserError
from vlprompt.models.clip.names import is_clip
from vlprompt.utils import register_all_modules

RATE = 0.1


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


@pytest.fixture
def exact():
    """In float64, where two ways to a number agree to the last digits."""
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(torch.float32)


class Run:
    """A training of a model, batch by batch.

    Args:
        model: Its pretrained CLIP is ``clip`` times what it has.
        wrapper: Of the optimizer.
        clip: The factor.
    """

    def __init__(self, model, kind=OptimWrapper, clip=0.75, **settings):
        self.learned = {
            n: p for n, p in model.named_parameters() if p.requires_grad
        }
        sgd = torch.optim.SGD(self.learned.values(), lr=RATE)
        loop = object.__new__(EpochBasedTrainLoop)
        self.runner = SimpleNamespace(
            model=model,
            optim_wrapper=kind(optimizer=sgd, **settings),
            seed=7,
            iter=0,
            _train_loop=loop,
            message_hub=MessageHub.get_instance('interpolated'),
        )
        self.clip = {
            n: clip * p.detach().clone()
            for n, p in self.learned.items()
            if is_clip(n)
        }

    def start(self, hook):
        """Have the hook find CLIP as it is before training."""
        own = {n: p.detach().clone() for n, p in self.learned.items()}
        for name, tensor in self.clip.items():
            self.learned[name].data.copy_(tensor)
        hook.before_run(self.runner)
        for name, tensor in own.items():
            self.learned[name].data.copy_(tensor)
        hook.before_train(self.runner)

    def go(self, hook, batches):
        """Train on some batches."""
        share = SharedTextHook()
        for batch in batches:
            share.before_train_iter(self.runner)
            hook.before_train_iter(self.runner, 0, batch)
            self.runner.model.train_step(batch, self.runner.optim_wrapper)
            self.runner.iter += 1


def gradients(model, batch, weights=None, bf16=False):
    """Of the plain loss, at the model's weights or at others."""
    model = copy.deepcopy(model)
    model.text_bank.restart()
    named = dict(model.named_parameters())
    for name, tensor in (weights or {}).items():
        named[name].data.copy_(tensor)
    data = model.data_preprocessor(copy.deepcopy(batch), True)
    with torch.autocast('cpu', torch.bfloat16, enabled=bf16):
        features, _ = model.extract_feat(data['inputs'])
        losses = model.cls_head.loss(features, data['data_samples'])
    losses['loss_cls'].backward()
    return {n: p.grad for n, p in named.items() if p.requires_grad}


def mixed(run, alpha):
    return {
        name: alpha * tensor + (1 - alpha) * run.learned[name].detach()
        for name, tensor in run.clip.items()
    }


def as_double(model, batch):
    batch['inputs'] = [x.double() for x in batch['inputs']]
    return model.double(), batch


def assert_step(run, before, expected, atol=1e-12):
    """Each weight has moved by its gradient times the rate."""
    assert set(expected) == set(before)
    for name, gradient in expected.items():
        moved = (before[name] - run.learned[name].detach()) / RATE
        torch.testing.assert_close(
            moved, gradient, rtol=1e-9, atol=atol, msg=name
        )


def copies(run):
    return {n: p.detach().clone() for n, p in run.learned.items()}


@pytest.mark.parametrize('ratio', [0.5, 1.0])
def test_a_step_adds_the_gradient_between_clip_and_the_weights(exact, ratio):
    model, batch = as_double(make_model(), make_batch(0))
    run = Run(model)
    hook = InterpolatedWeightsHook(alpha=(0.4, 0.4), ratio=ratio)
    run.start(hook)
    before, own = copies(run), gradients(model, batch)
    between = gradients(model, batch, mixed(run, 0.4))
    assert max((own[n] - between[n]).abs().max() for n in own) > 1e-3
    run.go(hook, [batch])
    assert_step(run, before, {n: own[n] + ratio * between[n] for n in own})


def test_without_clip_the_gradient_is_one_and_a_half_times_its_own(exact):
    model, batch = as_double(make_model(), make_batch(0))
    run, hook = Run(model), InterpolatedWeightsHook(alpha=(0, 0))
    run.start(hook)
    before, own = copies(run), gradients(model, batch)
    run.go(hook, [batch])
    assert_step(run, before, {n: 1.5 * g for n, g in own.items()})


def test_it_is_the_sum_that_is_clipped(exact):
    model, batch = as_double(make_model(), make_batch(0))
    run = Run(model, clip_grad=dict(max_norm=0.01))
    hook = InterpolatedWeightsHook(alpha=(0.4, 0.4))
    run.start(hook)
    before, own = copies(run), gradients(model, batch)
    between = gradients(model, batch, mixed(run, 0.4))
    total = {n: own[n] + 0.5 * between[n] for n in own}
    norm = torch.stack([g.norm() for g in total.values()]).norm()
    assert norm > 0.01
    run.go(hook, [batch])
    factor = 0.01 / (norm + 1e-6)
    assert_step(run, before, {n: factor * g for n, g in total.items()})


def test_batches_of_an_update_add_up(exact):
    """The texts, which they share, are those of either point."""
    batches = [make_batch(seed) for seed in range(3)]
    model = make_model().double()
    for batch in batches:
        as_double(model, batch)
    run = Run(model, accumulative_counts=3)
    hook = InterpolatedWeightsHook(alpha=(0.4, 0.4))
    run.start(hook)
    before, at = copies(run), mixed(run, 0.4)
    total = dict.fromkeys(before, 0)
    for batch in batches:
        own, between = gradients(model, batch), gradients(model, batch, at)
        total = {n: total[n] + own[n] + 0.5 * between[n] for n in total}
    run.go(hook, batches[:2])
    assert all(torch.equal(run.learned[n], before[n]) for n in before)
    run.go(hook, batches[2:])
    assert run.runner.optim_wrapper._inner_count == 3
    assert_step(run, before, {n: g / 3 for n, g in total.items()})


def test_batches_of_an_update_are_compared_with_one_draw_of_texts():
    templates = [f'{i} times {{}}.' for i in range(50)]
    texts = dict(type='RandomTemplateTexts', template=templates)
    model, seen = make_model(texts=texts), []
    model.text_encoder.register_forward_pre_hook(
        lambda module, args: seen.append(args[0].ids.clone())
    )
    run = Run(model, accumulative_counts=3)
    hook = InterpolatedWeightsHook()
    run.start(hook)
    run.go(hook, [make_batch(seed) for seed in range(3)])
    assert len(seen) == 4  # between CLIP and the weights once a batch
    assert all(torch.equal(ids, seen[0]) for ids in seen)


def test_weights_are_what_they_were_bit_for_bit():
    run, hook = Run(make_model()), InterpolatedWeightsHook()
    run.start(hook)
    before = copies(run)
    hook.before_train_iter(run.runner, 0, make_batch(0))
    assert all(torch.equal(run.learned[n], before[n]) for n in before)
    assert all(p.grad is not None for p in run.learned.values())


def test_mixup_is_the_same_in_both_passes():
    blending = dict(type='MixupBlending', num_classes=3, alpha=0.8)
    model, batch = make_model(blending=blending), make_batch(0, size=4)
    seen = []
    loss = model.cls_head.loss

    def spy(features, samples):
        seen.append(torch.stack([s.gt_label for s in samples]))
        return loss(features, samples)

    model.cls_head.loss = spy
    run, hook = Run(model), InterpolatedWeightsHook()
    run.start(hook)
    torch.manual_seed(3)
    run.go(hook, [batch])
    one, other = seen
    assert torch.equal(one, other)
    assert ((one > 0) & (one < 1)).any()  # which tells two draws apart


def test_alpha_is_a_function_of_the_update():
    def draws(seed, counts, number):
        run = SimpleNamespace(
            seed=seed,
            optim_wrapper=SimpleNamespace(_accumulative_counts=counts),
        )
        hook, found = InterpolatedWeightsHook(), []
        for run.iter in range(number):
            found.append(hook._draw(run))
        return found

    one = draws(1, 1, 300)
    assert one == draws(1, 1, 300) != draws(2, 1, 300)
    assert min(one) < 0.02 and 0.58 < max(one) < 0.6
    assert sum(one) / 300 == pytest.approx(0.3, abs=0.03)
    assert draws(1, 4, 8) == [one[0]] * 4 + [one[1]] * 4


def test_mixed_precision():
    run = Run(make_model(), AmpOptimWrapper, dtype='bfloat16')
    hook, batch = InterpolatedWeightsHook(alpha=(0.4, 0.4)), make_batch(0)
    run.start(hook)
    before, at = copies(run), mixed(run, 0.4)
    plain = gradients(run.runner.model, batch)
    own = gradients(run.runner.model, batch, bf16=True)
    between = gradients(run.runner.model, batch, at, bf16=True)
    assert any((own[n] - plain[n]).abs().max() > 1e-2 for n in own)
    run.go(hook, [batch])
    for name, p in run.learned.items():
        moved = (before[name] - p.detach()) / RATE
        expected = own[name] + 0.5 * between[name]
        torch.testing.assert_close(moved, expected, rtol=1e-4, atol=1e-4)


def test_scaled_losses_have_one_scale(exact):
    """As in fp16: what is scaled twice or not at all would show."""

    class Scaled(OptimWrapper):
        def backward(self, loss, **kwargs):
            super().backward(1024 * loss, **kwargs)

    model, batch = as_double(make_model(), make_batch(0))
    run = Run(model, Scaled)
    hook = InterpolatedWeightsHook(alpha=(0.4, 0.4))
    run.start(hook)
    before, own = copies(run), gradients(model, batch)
    between = gradients(model, batch, mixed(run, 0.4))
    run.go(hook, [batch])
    total = {n: 1024 * (own[n] + 0.5 * between[n]) for n in own}
    assert_step(run, before, total, atol=1e-9)


@pytest.mark.parametrize('alpha', [(-0.1, 0.6), (0.5, 0.4), (0, 1.2)])
def test_weights_that_make_no_sense(alpha):
    with pytest.raises(UserError, match='two weights of pretrained CLIP'):
        InterpolatedWeightsHook(alpha=alpha)


def test_models_that_learn_nothing_of_clip():
    run, hook = Run(make_model(['pooler.*'])), InterpolatedWeightsHook()
    with pytest.raises(UserError, match='learns no weight of CLIP'):
        run.start(hook)
