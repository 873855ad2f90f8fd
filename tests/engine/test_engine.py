"""Schedule and hooks."""

import math
from types import SimpleNamespace

import pytest
import torch
from mmengine.optim import OptimWrapper
from torch.utils.data import DataLoader, Dataset

from vlprompt.engine import (
    BrokenVideosHook,
    ClassListHook,
    EpochSeedHook,
    WarmupCosineLR,
)
from vlprompt.errors import UserError

LR = 8e-3


def rates(warmup, total, iters, updates, resume_at=None):
    """The rate of each update, as MMEngine's runner would set it."""

    def make():
        parameter = torch.nn.Parameter(torch.zeros(1))
        optimizer = torch.optim.SGD([parameter], lr=LR)
        return optimizer, WarmupCosineLR.build_iter_from_epoch(
            OptimWrapper(optimizer),
            warmup=warmup,
            total=total,
            epoch_length=iters,
        )

    optimizer, scheduler = make()
    out = []
    for i in range(updates):
        if i == resume_at:
            state = optimizer.state_dict(), scheduler.state_dict()
            optimizer, scheduler = make()
            optimizer.load_state_dict(state[0])
            scheduler.load_state_dict(state[1])
        out.append(optimizer.param_groups[0]['lr'])
        scheduler.step()
    return out


def law(t, warmup, total):
    if t < warmup:
        return LR * t / warmup
    floor = LR / 100
    return floor + (LR - floor) / 2 * (1 + math.cos(math.pi * t / total))


def test_the_published_law():
    iters, warmup, total = 7, 5, 10
    ours = rates(warmup, total, iters, total * iters)
    assert ours[:2] == [0, 0]
    for k, rate in enumerate(ours):
        t = max(k - 1, 0)
        expected = law(t, warmup * iters, total * iters)
        assert rate == pytest.approx(expected, abs=1e-12)
    assert ours[35] == pytest.approx(LR * 34 / 35)
    assert ours[36] == pytest.approx(0.505 * LR)


def test_the_law_survives_a_resume():
    assert rates(5, 10, 7, 70, resume_at=33) == rates(5, 10, 7, 70)


def test_a_run_shorter_than_its_warmup():
    assert max(rates(5, 3, 2, 6)) == pytest.approx(LR * 4 / 10)
    assert rates(0, 3, 2, 6)[0] == pytest.approx(LR)


class Named(Dataset):
    def __init__(self, *classes):
        self.metainfo = dict(classes=classes)
        self.seed = self.epoch = 0

    def __len__(self):
        return 4

    def __getitem__(self, i):
        return i


class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.class_names = None
        self.seen = []
        augment = SimpleNamespace(num_classes=0)
        self.data_preprocessor = SimpleNamespace(
            blending=SimpleNamespace(augments=[augment])
        )

    def set_classes(self, names):
        self.class_names = names
        self.seen.append(names)


def runner(**loaders):
    loaders = {f'{k}_dataloader': DataLoader(v) for k, v in loaders.items()}
    return SimpleNamespace(
        model=Model(),
        seed=3,
        epoch=2,
        **loaders,
        _train_dataloader=loaders.get('train_dataloader'),
    )


def test_class_names_follow_the_loop():
    run = runner(train=Named('a', 'b'), val=Named('a', 'b', 'c'))
    hook = ClassListHook()
    hook.before_train(run)
    assert run.model.data_preprocessor.blending.augments[0].num_classes == 2
    hook.before_val_epoch(run)
    hook.after_val_epoch(run)
    assert run.model.seen == [('a', 'b'), ('a', 'b', 'c'), ('a', 'b')]
    hook.before_val_epoch(runner(val=Named('a')))


def test_equal_class_names_are_not_set_again():
    run = runner(train=Named('a'), val=Named('a'))
    hook = ClassListHook()
    hook.before_train(run)
    hook.before_val_epoch(run)
    assert len(run.model.seen) == 1


def test_an_epoch_seeds_data_and_process():
    run = runner(train=Named('a'))
    hook = EpochSeedHook()
    hook.before_train_epoch(run)
    assert (run.train_dataloader.dataset.epoch, run.epoch) == (2, 2)
    assert run.train_dataloader.dataset.seed == 3
    first = torch.rand(3)
    hook.before_train_epoch(run)
    assert torch.equal(torch.rand(3), first)
    run.epoch = 3
    hook.before_train_epoch(run)
    assert not torch.equal(torch.rand(3), first)


def test_persistent_workers_are_refused():
    run = runner(train=Named('a'))
    run.train_dataloader = DataLoader(
        Named('a'), num_workers=1, persistent_workers=True
    )
    with pytest.raises(UserError, match='persistent_workers=True'):
        EpochSeedHook().before_train_epoch(run)


def test_broken_videos_are_counted_and_named():
    lines = []
    run = SimpleNamespace(logger=SimpleNamespace(warning=lines.append))
    sample = SimpleNamespace(metainfo=dict(broken_videos=['a.mp4 (x)']))
    fine = SimpleNamespace(metainfo={})
    hook = BrokenVideosHook()
    hook.before_train_epoch(run)
    for batch in ([sample, fine], [sample], [fine]):
        hook.after_train_iter(run, 0, dict(data_samples=batch))
    hook.after_train_epoch(run)
    assert '2 clips of 1 unreadable videos' in lines[0]
    assert 'a.mp4 (x)' in lines[0]
    hook.before_train_epoch(run)
    hook.after_train_epoch(run)
    assert len(lines) == 1
