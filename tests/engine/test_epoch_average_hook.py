"""Means of epochs, against sums by hand."""

import logging
import math
from types import SimpleNamespace

import pytest
import torch
from averaged_model import ARCH, make_model, move
from mmengine.config import Config
from mmengine.runner import EpochBasedTrainLoop, IterBasedTrainLoop

from vlprompt.engine import EpochAverageHook
from vlprompt.errors import UserError
from vlprompt.models.clip.names import is_clip
from vlprompt.utils import register_all_modules


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


class Run:
    """A training of a model that moves at random, and its checkpoints.

    Args:
        work_dir: A folder.
        epochs: Of the training.
        model: Another one.
    """

    def __init__(self, work_dir, epochs, model=None):
        work_dir.mkdir(exist_ok=True)
        data = SimpleNamespace(metainfo=dict(classes=['a', 'b', 'c']))
        self.runner = SimpleNamespace(
            model=model or make_model(),
            epoch=0,
            max_epochs=epochs,
            train_loop=object.__new__(EpochBasedTrainLoop),
            work_dir=str(work_dir),
            logger=logging.getLogger('averaging'),
            train_dataloader=SimpleNamespace(dataset=data),
            cfg=Config(dict(model=dict(clip=dict(arch=ARCH)))),
            seed=5,
            experiment_name='moves',
            _resume=False,
        )
        self.runner._train_loop = self.runner.train_loop
        self.states, self.checkpoints = {}, {}

    def start(self, hook, checkpoint=None):
        """Up to the first epoch; from a checkpoint if there is one."""
        hook.before_run(self.runner)
        if checkpoint is not None:
            self.runner._resume = True
            self.runner.epoch = checkpoint['epoch']
            self.runner.model.load_state_dict(checkpoint['state'])
            hook.after_load_checkpoint(self.runner, checkpoint)
        hook.before_train(self.runner)

    def go(self, hook, until):
        """Train up to an epoch."""
        while self.runner.epoch < until:
            epoch = self.runner.epoch + 1
            move(self.runner.model, 0.1, seed=epoch)
            state = self.runner.model.state_dict()
            state = {name: t.clone() for name, t in state.items()}
            hook.after_train_epoch(self.runner)
            saved = dict(epoch=epoch, state=state, optimizer={})
            hook.before_save_checkpoint(self.runner, saved)
            self.states[epoch], self.checkpoints[epoch] = state, saved
            self.runner.epoch = epoch

    def averaged(self):
        """The file that was written."""
        return torch.load(f'{self.runner.work_dir}/averaged.pth')


def by_hand(states, weights):
    total = sum(weights.values())
    floating = [n for n, t in states[1].items() if t.is_floating_point()]
    return {
        name: sum(w * states[e][name].double() for e, w in weights.items())
        / total
        for name in floating
    }


def assert_alike(state, expected):
    for name, tensor in expected.items():
        torch.testing.assert_close(
            state[name].double(), tensor, rtol=0, atol=1e-6
        )


def trained(work_dir, epochs, **settings):
    run, hook = Run(work_dir, epochs), EpochAverageHook(**settings)
    run.start(hook)
    run.go(hook, epochs)
    hook.after_train(run.runner)
    return run


def test_open_vclip_averages_21_states_of_22_epochs(tmp_path):
    run = trained(tmp_path, 22)
    found = run.averaged()
    expected = by_hand(run.states, dict.fromkeys(range(2, 23), 1.0))
    assert_alike(found['state_dict'], expected)
    assert found['state_dict'].keys() == run.states[22].keys()
    recipe = found['meta']['recipe']
    assert [s['name'] for s in recipe['sources']] == [
        f'epoch {e}' for e in range(2, 23)
    ]
    assert {s['weight'] for s in recipe['sources']} == {1 / 21}
    assert found['meta']['dataset_meta'] == dict(classes=['a', 'b', 'c'])
    assert 'epoch' not in found['meta']
    run.runner.model.load_state_dict(found['state_dict'])


def test_promptsrc_weighs_20_epochs_by_a_gaussian(tmp_path):
    run = trained(tmp_path, 20, first=1, kind=('gaussian', 15, 1))
    density = {e: math.exp(-((e - 15) ** 2) / 2) for e in range(1, 21)}
    found = run.averaged()
    assert_alike(found['state_dict'], by_hand(run.states, density))
    weights = [s['weight'] for s in found['meta']['recipe']['sources']]
    assert sum(weights) == pytest.approx(1, abs=1e-12)
    rounded = [round(w, 5) for w in weights[10:]]
    assert rounded == [
        0.00013, 0.00443, 0.05399, 0.24197, 0.39894, 0.24197, 0.05399,
        0.00443, 0.00013, 0.0,
    ]  # fmt: skip


def test_a_mix_with_clip_leaves_new_modules(tmp_path):
    run = Run(tmp_path, 4)
    hook = EpochAverageHook(first=2, last=3, with_clip=0.6)
    clip = {n: p.clone() for n, p in run.runner.model.named_parameters()}
    run.start(hook)
    run.go(hook, 4)
    mean = by_hand(run.states, {2: 1.0, 3: 1.0})
    new = [name for name in mean if not is_clip(name)]
    assert new
    expected = {
        name: tensor if name in new else 0.6 * clip[name] + 0.4 * tensor
        for name, tensor in mean.items()
    }
    found = run.averaged()
    assert_alike(found['state_dict'], expected)
    assert found['meta']['recipe']['clip_weight'] == 0.6


@pytest.mark.parametrize('stop', [1, 3, 5])
def test_a_resumed_run_ends_with_the_same_mean(tmp_path, stop):
    settings = dict(first=2, last=5, kind=('gaussian', 3, 2), with_clip=0.3)
    whole = trained(tmp_path / 'whole', 6, **settings)
    run, hook = Run(tmp_path / 'killed', 6), EpochAverageHook(**settings)
    run.start(hook)
    run.go(hook, stop)
    again = Run(tmp_path / 'again', 6)
    fresh = EpochAverageHook(**settings)
    again.start(fresh, run.checkpoints[stop])
    again.go(fresh, 6)
    folder = tmp_path / ('killed' if stop == 5 else 'again')
    found = torch.load(folder / 'averaged.pth')
    expected = whole.averaged()
    assert found['meta']['recipe'] == expected['meta']['recipe']
    for name, tensor in expected['state_dict'].items():
        assert torch.equal(found['state_dict'][name], tensor)


def test_a_kept_mean_is_no_part_of_the_next_one(tmp_path):
    run, hook = Run(tmp_path, 4), EpochAverageHook()
    run.start(hook)
    run.go(hook, 2)
    kept = run.checkpoints[2]['epoch_average']['mean']
    before = {name: t.clone() for name, t in kept.items()}
    fresh = EpochAverageHook()
    again = Run(tmp_path, 4)
    again.start(fresh, run.checkpoints[2])
    again.go(fresh, 4)
    assert all(torch.equal(kept[name], before[name]) for name in kept)


def test_a_mean_that_was_begun_too_late_is_named(tmp_path, caplog):
    run, hook = Run(tmp_path, 5), EpochAverageHook(first=2)
    checkpoint = dict(epoch=3, state=run.runner.model.state_dict())
    run.start(hook, checkpoint)
    assert 'no mean of the epochs 2, 3: they are left out' in caplog.text
    run.go(hook, 5)
    sources = run.averaged()['meta']['recipe']['sources']
    assert [s['name'] for s in sources] == ['epoch 4', 'epoch 5']


def test_a_training_that_is_stopped_early_has_a_mean(tmp_path):
    run, hook = Run(tmp_path, 9), EpochAverageHook()
    run.start(hook)
    run.go(hook, 4)
    assert not (tmp_path / 'averaged.pth').exists()
    hook.after_train(run.runner)
    assert_alike(
        run.averaged()['state_dict'],
        by_hand(run.states, {2: 1.0, 3: 1.0, 4: 1.0}),
    )


def test_the_best_checkpoint_does_not_hold_the_mean(tmp_path):
    run, hook = Run(tmp_path, 3), EpochAverageHook()
    run.start(hook)
    run.go(hook, 2)
    best = dict(state={})
    hook.before_save_checkpoint(run.runner, best)
    assert best == dict(state={})


@pytest.mark.parametrize(
    ('settings', 'line'),
    [
        (dict(first=0), 'first=0, last=None: epochs count from 1'),
        (dict(first=3, last=2), 'first=3, last=2'),
        (dict(with_clip=1.0), 'with_clip=1.0: the weight'),
        (dict(kind='median'), "kind='median', expected 'mean' or"),
        (dict(kind=('gaussian', 15)), r"kind=\('gaussian', 15\), expected"),
        (dict(kind=('gaussian', 15, 0)), 'expected'),
    ],
)
def test_settings_that_make_no_sense(settings, line):
    with pytest.raises(UserError, match=line):
        EpochAverageHook(**settings)


def test_trainings_that_cannot_be_averaged(tmp_path):
    run = Run(tmp_path, 3)
    with pytest.raises(UserError, match='epochs 2 to 22, the training has 3'):
        run.start(EpochAverageHook(last=22))
    with pytest.raises(UserError, match='epochs 4 to 3, the training has 3'):
        run.start(EpochAverageHook(first=4))
    run = Run(tmp_path, 3, make_model(['pooler.*']))
    run.start(EpochAverageHook())
    with pytest.raises(UserError, match='learns no weight of CLIP'):
        run.start(EpochAverageHook(with_clip=0.5))
    run.runner.train_loop = object.__new__(IterBasedTrainLoop)
    with pytest.raises(UserError, match='not IterBasedTrainLoop'):
        run.start(EpochAverageHook())


def test_weights_that_are_not_finite_are_not_written(tmp_path):
    run, hook = Run(tmp_path, 2), EpochAverageHook()
    run.start(hook)
    run.go(hook, 1)
    run.runner.model.cls_head.logit_scale.data.fill_(math.nan)
    with pytest.raises(UserError, match='cls_head.logit_scale is not finite'):
        run.go(hook, 2)
    assert not (tmp_path / 'averaged.pth').exists()
