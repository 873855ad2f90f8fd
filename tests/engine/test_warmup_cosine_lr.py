"""The learning-rate law, against its formula."""

import math

import pytest
import torch
from mmengine.config import Config
from mmengine.optim import OptimWrapper

from vlprompt.engine import WarmupCosineLR
from vlprompt.errors import UserError
from vlprompt.registry import PARAM_SCHEDULERS
from vlprompt.utils import register_all_modules

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


def test_the_law_at_its_corners():
    """The first update, both sides of the warm-up's end, the last one."""
    iters, total = 4, 10
    ours = rates(5, total, iters, total * iters)
    end = 5 * iters
    for update in (0, end, end + 1, total * iters - 1):
        t = max(update - 1, 0)
        assert ours[update] == pytest.approx(law(t, end, total * iters))
    assert ours[-1] > LR / 100
    assert law(total * iters, end, total * iters) == pytest.approx(LR / 100)


def test_the_cosine_ends_with_training(repository):
    """The runner gives ``end``; nobody has to repeat ``max_epochs``."""
    cfg = Config.fromfile(
        repository / 'configs/_base_/schedules/adamw_warmup_cosine.py'
    )
    (schedule,) = cfg.param_scheduler
    register_all_modules()
    parameter = torch.nn.Parameter(torch.zeros(1))
    scheduler = PARAM_SCHEDULERS.build(
        dict(schedule, end=12),
        default_args=dict(
            optimizer=torch.optim.SGD([parameter], lr=LR), epoch_length=7
        ),
    )
    assert (scheduler.warmup, scheduler.total) == (35, 84)
    with pytest.raises(UserError, match='needs total'):
        WarmupCosineLR(torch.optim.SGD([parameter], lr=LR), warmup=1)


def test_a_run_shorter_than_its_warmup():
    assert max(rates(5, 3, 2, 6)) == pytest.approx(LR * 4 / 10)
    assert rates(0, 3, 2, 6)[0] == pytest.approx(LR)
