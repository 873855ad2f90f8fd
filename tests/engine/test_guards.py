"""The hooks that stop runs whose numbers mean nothing."""

from types import SimpleNamespace

import pytest
import torch
from torch.utils.data import DataLoader

from vlprompt.engine import BatchOfOneHook, FiniteLossHook
from vlprompt.engine.hooks import finite_loss_hook
from vlprompt.errors import UserError
from vlprompt.models import VideoTextFeatures
from vlprompt.models.heads import ContrastiveHead, SimilarityHead


class Blending:
    """Stands for MMAction2's mixup."""


class Scaled:
    """An optimizer wrapper whose scaler skips what is not finite."""

    def __init__(self, accumulate=1):
        weight = torch.nn.Parameter(torch.ones(1))
        self.optimizer = torch.optim.SGD([weight], 0.1)
        self.weight = weight
        self.loss_scaler = torch.amp.GradScaler('cpu', init_scale=8.0)
        self.accumulate, self.batches = accumulate, 0

    def should_update(self):
        return self.batches % self.accumulate == 0

    def step(self, factor):
        self.batches += 1
        loss = (self.weight * factor).sum()
        self.loss_scaler.scale(loss).backward()
        if self.should_update():
            self.loss_scaler.step(self.optimizer)
            self.loss_scaler.update()
            self.optimizer.zero_grad()


def trained(hook, factors, wrapper):
    """Iterations whose loss is 1 and whose gradients are the factors."""
    run = SimpleNamespace(optim_wrapper=wrapper, iter=0, epoch=0)
    run.train_dataloader = range(100)
    hook.before_train(run)
    for factor in factors:
        wrapper.step(factor)
        hook.after_train_iter(run, 0, None, dict(loss=torch.tensor(1.0)))
        run.iter += 1


@pytest.fixture
def wrapper(monkeypatch):
    monkeypatch.setattr(finite_loss_hook, 'OptimWrapper', Scaled)
    return Scaled


def test_a_few_skipped_updates_are_normal(wrapper):
    inf = float('inf')
    trained(FiniteLossHook(), [inf] * 19 + [1.0] + [inf] * 19, wrapper())
    trained(FiniteLossHook(), [1.0, inf] * 30, wrapper())
    trained(FiniteLossHook(), [inf] * 39, wrapper(accumulate=2))


@pytest.mark.parametrize('accumulate', [1, 2])
def test_nothing_but_skipped_updates_is_an_error(wrapper, accumulate):
    factors = [1.0] * accumulate + [float('inf')] * 50
    line = f'stopped in iteration {21 * accumulate} .* last 20 updates were'
    with pytest.raises(UserError, match=line):
        trained(FiniteLossHook(), factors, wrapper(accumulate))


def test_losses_are_read_together():
    """And the iteration that is named is the first, not the last."""
    hook = FiniteLossHook(interval=3)
    run = SimpleNamespace(optim_wrapper=None, iter=3, epoch=1)
    run.train_dataloader = range(2)
    hook.before_train(run)
    for total, regularizer in ((2.5, 0.5), (float('inf'), float('-inf'))):
        losses = dict(loss=total, loss_cls=2.0, loss_scenario=regularizer)
        losses = {k: torch.tensor(v) for k, v in losses.items()}
        hook.after_train_iter(run, 0, None, dict(losses, top1_acc=0))
        run.iter += 1
    with pytest.raises(UserError) as stopped:
        hook.after_train_iter(run, 0, None, losses)
    assert str(stopped.value) == (
        'training stopped: loss_scenario is -inf in iteration 5 (epoch 3); '
        'the last finite loss was 2.5'
    )


def batch_run(head=None, blending=None, batch=1, samples=5, names=None):
    model = torch.nn.Module()
    model.class_names = names
    model.cls_head = head
    model.data_preprocessor = SimpleNamespace(blending=blending)
    loader = DataLoader(range(samples), batch_size=batch)
    lines = []
    return SimpleNamespace(
        model=model,
        train_dataloader=loader,
        iter=6,
        lines=lines,
        logger=SimpleNamespace(warning=lines.append),
    )


CONTRASTIVE = ContrastiveHead(dict(type='SymmetricContrastiveLoss'))


@pytest.mark.parametrize(
    ('given', 'line'),
    [
        (dict(head=CONTRASTIVE), 'a contrastive loss needs a batch of 2'),
        (dict(head=CONTRASTIVE, batch=8, samples=1), 'needs a batch of 2'),
        (dict(blending=Blending()), 'Blending needs a batch of 2 samples'),
        (dict(head=SimilarityHead(), batch=4, names=('a',)),
         "training on one class, 'a'"),
    ],
)  # fmt: skip
def test_nothing_to_compare_is_refused(given, line):
    with pytest.raises(UserError, match=line):
        BatchOfOneHook().before_train(batch_run(**given))


def test_something_to_compare_is_not():
    for given in (
        dict(head=CONTRASTIVE, batch=2),
        dict(head=SimilarityHead(), names=('a', 'b')),
        dict(blending=Blending(), batch=2, names=('a', 'b')),
    ):
        BatchOfOneHook().before_train(batch_run(**given))


def test_a_last_batch_of_one_is_named():
    run = batch_run(head=CONTRASTIVE, blending=Blending(), batch=2)
    hook = BatchOfOneHook()
    hook.before_train_iter(run, 0, dict(inputs=[1, 2]))
    hook.before_train_iter(run, 0, dict(x=[1]))
    hook.before_train_iter(run, 0, None)
    assert not run.lines
    hook.before_train_iter(run, 1, dict(inputs=[1]))
    assert ['batch of one sample in iteration 7' in x for x in run.lines] == [
        True,
        True,
    ]


@pytest.mark.parametrize(
    'kind', ['SymmetricContrastiveLoss', 'SoftTargetKLLoss']
)
def test_one_pair_teaches_nothing(kind):
    """Which is why it is refused."""
    head = ContrastiveHead(dict(type=kind))
    video = torch.randn(1, 4, requires_grad=True)
    text = torch.randn(1, 4)
    feats = VideoTextFeatures(video, text, targets=torch.tensor([0]))
    loss = head.loss(feats, [])['loss_alignment']
    loss.backward()
    assert loss.item() == 0 and not video.grad.any()
