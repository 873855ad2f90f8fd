"""An optimizer whose state is divided among processes, without GPUs."""

import json
from pathlib import Path

import pytest
import torch
from commands import learned, test_tool, train, train_tool
from two_processes import run_two

pytestmark = pytest.mark.e2e

# Everything is trained.  A large epsilon, as AdamW's first steps would make
# whole steps of the rounding errors in gradients that are zero.
OPTIONS = (
    "model.trainable=['*']",
    'optim_wrapper.optimizer.lr=0.01',
    'optim_wrapper.optimizer.eps=0.001',
    'train_dataloader.dataset.indices=6',
)
SHARDED = (
    'optim_wrapper.optimizer.type=ZeroRedundancyOptimizer',
    'optim_wrapper.optimizer.optimizer_type=AdamW',
    'custom_hooks.2.type=StateSpy',
    'train_dataloader.batch_size=1',
    'env_cfg.dist_cfg.timeout=60',
)


def train_sharded(world: Path, work_dir: Path, *flags: str) -> None:
    run_two(
        train_tool.main, work_dir / 'logs', world / 'tiny.py',
        '--work-dir', work_dir, '--seed', '1', *flags,
        '--cfg-options', *OPTIONS, *SHARDED,
    )  # fmt: skip


def train_alone(config: str, work_dir: Path, *flags: str) -> dict:
    options = ('--seed', '1', '--cfg-options', *OPTIONS)
    return train(config, work_dir, *flags, *options)


@pytest.fixture(scope='module')
def sharded(world, tmp_path_factory) -> Path:
    """The work folder of a training in two processes."""
    work_dir = tmp_path_factory.mktemp('sharded')
    train_sharded(world, work_dir)
    return work_dir


def assert_alike(weights: dict, expected: dict) -> None:
    torch.testing.assert_close(weights, expected, rtol=1e-4, atol=1e-5)


def test_it_trains_like_adamw_in_one_process(config, sharded, tmp_path):
    expected = train_alone(config, tmp_path)
    assert_alike(learned(sharded), expected)
    checkpoint = str(sharded / 'epoch_2.pth')
    flags = ['--work-dir', str(tmp_path), '--cfg-options']
    flags += ['randomness.seed=1', OPTIONS[0]]
    metrics = test_tool.main([config, checkpoint, *flags])
    alone = test_tool.main([config, str(tmp_path / 'epoch_2.pth'), *flags])
    assert metrics == alone


def test_each_process_holds_a_part_of_the_state(sharded):
    held = [
        json.loads((sharded / f'state_{rank}.json').read_text())
        for rank in range(2)
    ]
    state = torch.load(sharded / 'epoch_2.pth', weights_only=True)
    state = state['optimizer']['state']
    moments = [
        value.numel()
        for parts in state.values()
        for name, value in parts.items()
        if name.startswith('exp_avg') and value.dim()
    ]
    assert min(held) > 0
    assert sum(held) == sum(moments)


def test_resumed_in_as_many_processes(world, sharded, tmp_path):
    first = str(sharded / 'epoch_1.pth')
    train_sharded(world, tmp_path, '--resume', first)
    assert not (tmp_path / 'epoch_1.pth').exists()
    assert_alike(learned(tmp_path), learned(sharded))


def test_resumed_in_one_process_by_adamw(config, sharded, tmp_path):
    """The checkpoint has the state of all processes, in AdamW's order."""
    first = str(sharded / 'epoch_1.pth')
    resumed = train_alone(config, tmp_path, '--resume', first)
    assert_alike(resumed, learned(sharded))
