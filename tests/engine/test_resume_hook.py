"""Runs that go on with another config, against uninterrupted ones."""

import shutil
from itertools import count

import pytest
import torch
from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.model import BaseModel
from mmengine.runner import CheckpointLoader
from torch.utils.data import Dataset

from vlprompt.apis import build_runner
from vlprompt.engine.resume.config_changes import changed_keys
from vlprompt.errors import UserError
from vlprompt.registry import DATASETS, HOOKS, MODELS

LENGTH = 3  # iterations of an epoch
NUMBERS = count()


@MODELS.register_module()
class ResumedModel(BaseModel):
    def __init__(self, width=2):
        super().__init__()
        self.first = torch.nn.Linear(2, width)
        self.second = torch.nn.Linear(width, 1)

    def forward(self, x, mode='tensor'):
        if mode == 'predict':
            return []
        out = self.second(self.first(torch.stack(x)))
        return dict(loss=out.square().mean())


@DATASETS.register_module()
class Numbers(Dataset):
    metainfo = dict(classes=('a',))

    def __len__(self):
        return 6

    def __getitem__(self, i):
        return dict(x=torch.full((2,), float(i)))


@HOOKS.register_module()
class RateSpy(Hook):
    """Notes the rate of each iteration."""

    rates: list[float] = []

    def before_train_iter(self, runner, *args, **kwargs):
        self.rates.append(runner.optim_wrapper.param_groups[0]['lr'])


@pytest.fixture(autouse=True)
def _one_thread():
    torch.manual_seed(0)


def config_of(folder, epochs, schedules, **changes):
    return Config(
        dict(
            default_scope='vlprompt',
            model=dict(type='ResumedModel', **changes.pop('model', {})),
            work_dir=str(folder),
            train_dataloader=dict(
                dataset=dict(type='Numbers'),
                batch_size=changes.pop('batch_size', 2),
                num_workers=0,
                sampler=dict(type='DefaultSampler', shuffle=True),
            ),
            train_cfg=changes.pop(
                'train_cfg', dict(by_epoch=True, max_epochs=epochs)
            ),
            optim_wrapper=dict(
                optimizer=changes.pop(
                    'optimizer', dict(type='AdamW', lr=0.1, weight_decay=0.1)
                ),
                **changes.pop('wrapper', {}),
            ),
            param_scheduler=schedules,
            custom_hooks=[dict(type='RateSpy'), dict(type='EpochSeedHook')],
            randomness=dict(seed=0),
            experiment_name=f'{folder.name}_{next(NUMBERS)}',
            log_level='WARNING',
            **changes,
        )
    )


def train(config):
    """Train; returns the rates, the weights and what was logged."""
    RateSpy.rates = []
    runner = build_runner(config)
    lines = []
    runner.logger.warning = lines.append
    runner.train()
    weights = {k: v.clone() for k, v in runner.model.state_dict().items()}
    return RateSpy.rates, weights, [x for x in lines if 'as the config' in x]


def resumed(config, folder, name='epoch_3.pth'):
    config.resume, config.load_from = True, str(folder / name)
    return train(config)


BOTH = dict(by_epoch=True, convert_to_iter_based=True)
COSINE = [dict(type='CosineAnnealingLR', eta_min=0, **BOTH)]
SCHEDULES = {
    'warmup_cosine': [dict(type='WarmupCosineLR', warmup=2, **BOTH)],
    'cosine': COSINE,
    'cosine_by_epoch': [dict(type='CosineAnnealingLR', eta_min=0.01)],
    'warm-up_and_cosine': [
        dict(type='LinearLR', start_factor=0.1, begin=0, end=2, **BOTH),
        dict(type='CosineAnnealingLR', begin=2, eta_min=0, **BOTH),
    ],
    'warm-up_by_iteration': [
        dict(type='LinearLR', start_factor=0.1, end=4, by_epoch=False),
        dict(type='CosineAnnealingLR', begin=1, eta_min=0),
    ],
    'linear': [dict(type='LinearLR', start_factor=1, end_factor=0.1, **BOTH)],
    'poly': [dict(type='PolyLR', power=0.9, eta_min=0, **BOTH)],
    'poly_by_epoch': [dict(type='PolyLR', power=2, eta_min=0.001)],
    'one_cycle': [dict(type='OneCycleLR', eta_max=0.2, **BOTH)],
    'steps': [dict(type='MultiStepLR', milestones=[2, 4])],
    'exponential': [dict(type='ExponentialLR', gamma=0.9)],
    'constant': [dict(type='ConstantLR', factor=0.5)],
    'restarts': [
        dict(type='CosineRestartLR', periods=[4, 5, 90], eta_min=0,
             restart_weights=[1, 1, 1], by_epoch=False)
    ],
}  # fmt: skip


@pytest.mark.parametrize('name', SCHEDULES)
def test_more_epochs_follow_the_new_schedule(tmp_path, name):
    schedules = SCHEDULES[name]
    expected, _, _ = train(config_of(tmp_path / 'whole', 6, schedules))
    train(config_of(tmp_path / 'short', 3, schedules))
    longer = config_of(tmp_path / 'long', 6, schedules)
    rates, _, lines = resumed(longer, tmp_path / 'short')
    assert rates == pytest.approx(expected[3 * LENGTH :], rel=1e-6, abs=1e-9)
    assert len(lines) == 1 and 'the rate goes on at' in lines[0]
    fewer = config_of(tmp_path / 'few', 5, schedules)
    shorter, _, _ = train(config_of(tmp_path / 'five', 5, schedules))
    rates, _, _ = resumed(fewer, tmp_path / 'whole')
    assert rates == pytest.approx(shorter[3 * LENGTH :], rel=1e-6, abs=1e-9)


@pytest.mark.parametrize('name', SCHEDULES)
def test_without_changes_nothing_is_said_and_all_is_the_same(tmp_path, name):
    config = config_of(tmp_path / 'whole', 6, SCHEDULES[name])
    rates, weights, _ = train(config)
    again = config_of(tmp_path / 'again', 6, SCHEDULES[name])
    more, same, lines = resumed(again, tmp_path / 'whole')
    assert more == rates[3 * LENGTH :] and lines == []
    torch.testing.assert_close(same, weights, rtol=0, atol=0)


def test_a_schedule_that_follows_a_metric_keeps_its_state(tmp_path):
    schedules = [
        dict(type='ReduceOnPlateauLR', monitor='loss', patience=1),
        *COSINE,
    ]
    train(config_of(tmp_path / 'a', 3, schedules))
    path = tmp_path / 'a/epoch_3.pth'
    content = CheckpointLoader.load_checkpoint(str(path))
    content['param_schedulers'][0]['num_bad_epochs'] = 7
    torch.save(content, path)
    config = config_of(tmp_path / 'b', 6, schedules)
    _, _, lines = resumed(config, tmp_path / 'a')
    assert 'CosineAnnealingLR ends after 18 iterations, was 9' in lines[0]
    content = CheckpointLoader.load_checkpoint(str(tmp_path / 'b/epoch_6.pth'))
    assert content['param_schedulers'][0]['num_bad_epochs'] == 7


def test_another_batch_size_changes_the_length_of_an_epoch(tmp_path):
    expected, _, _ = train(config_of(tmp_path / 'a', 6, COSINE, batch_size=1))
    train(config_of(tmp_path / 'b', 6, COSINE))
    config = config_of(tmp_path / 'c', 6, COSINE, batch_size=1)
    rates, _, (line,) = resumed(config, tmp_path / 'b')
    assert rates == pytest.approx(expected[18:], rel=1e-6)
    assert 'an epoch has 6 iterations, had 3' in line
    assert 'changed in the config: train_dataloader.batch_size' in line


def test_settings_of_the_optimizer_are_those_of_the_config(tmp_path):
    train(config_of(tmp_path / 'a', 6, COSINE))
    new = dict(type='AdamW', lr=0.01, weight_decay=0.2)
    expected, _, _ = train(config_of(tmp_path / 'b', 6, COSINE, optimizer=new))
    config = config_of(tmp_path / 'c', 6, COSINE, optimizer=new)
    rates, _, (line,) = resumed(config, tmp_path / 'a')
    assert rates == pytest.approx(expected[9:], rel=1e-6)
    assert 'initial_lr is 0.01, was 0.1' in line
    assert 'weight_decay is 0.2, was 0.1' in line
    plain = config_of(tmp_path / 'd', 6, [], optimizer=new)
    assert set(resumed(plain, tmp_path / 'a')[0]) == {0.01}


def test_iterations_that_are_counted(tmp_path):
    schedules = [dict(type='CosineAnnealingLR', eta_min=0, by_epoch=False)]
    loop = dict(type='IterBasedTrainLoop', max_iters=8)
    hooks = dict(
        checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=4)
    )
    kwargs = dict(default_hooks=hooks)
    expected, _, _ = train(
        config_of(tmp_path / 'a', 0, schedules, train_cfg=dict(loop), **kwargs)
    )
    short = dict(loop, max_iters=4)
    train(config_of(tmp_path / 'b', 0, schedules, train_cfg=short, **kwargs))
    config = config_of(tmp_path / 'c', 0, schedules, train_cfg=loop, **kwargs)
    rates, _, (line,) = resumed(config, tmp_path / 'b', 'iter_4.pth')
    assert rates == pytest.approx(expected[4:], rel=1e-6)
    assert 'ends after 8 iterations, was 4' in line


def test_an_epoch_that_was_not_finished_begins_anew(tmp_path):
    hooks = dict(
        checkpoint=dict(type='CheckpointHook', by_epoch=False, interval=4)
    )
    rates, _, _ = train(
        config_of(tmp_path / 'a', 3, COSINE, default_hooks=hooks)
    )
    config = config_of(tmp_path / 'b', 3, COSINE)
    again, _, (line,) = resumed(config, tmp_path / 'a', 'iter_4.pth')
    assert again == pytest.approx(rates[3:], rel=1e-6)
    assert 'epoch 2, which was not finished, begins anew' in line


def test_a_checkpoint_without_the_optimizer(tmp_path):
    hook = dict(type='CheckpointHook', interval=1, save_optimizer=False)
    hooks = dict(checkpoint=hook)
    rates, _, _ = train(
        config_of(tmp_path / 'a', 6, COSINE, default_hooks=hooks)
    )
    config = config_of(tmp_path / 'b', 6, COSINE)
    again, _, (line,) = resumed(config, tmp_path / 'a')
    assert again == pytest.approx(rates[9:], rel=1e-6)
    assert 'no state of the optimizer' in line


@pytest.mark.parametrize(
    ('changes', 'expected'),
    [
        (dict(optimizer=dict(type='SGD', lr=1, momentum=0.9)),
         'another optimizer than SGD: it has amsgrad, betas'),
        (dict(model=dict(width=3)), 'where the config has (3, 2)'),
        (dict(wrapper=dict(paramwise_cfg=dict(bias_lr_mult=2))),
         'that of the config 4 groups'),
    ],
)  # fmt: skip
def test_an_optimizer_of_other_parameters(tmp_path, changes, expected):
    train(config_of(tmp_path / 'a', 3, COSINE))
    config = config_of(tmp_path / 'b', 6, COSINE, **changes)
    with pytest.raises(UserError) as caught:
        resumed(config, tmp_path / 'a')
    assert expected in str(caught.value)


def test_gradients_that_waited_for_an_update(tmp_path):
    wrapper = dict(accumulative_counts=2)
    train(config_of(tmp_path / 'a', 6, COSINE, wrapper=wrapper))
    config = config_of(tmp_path / 'b', 6, COSINE, wrapper=wrapper)
    _, _, (line,) = resumed(config, tmp_path / 'a')
    assert 'the gradients of 1 of the 2 iterations' in line


def test_what_is_in_a_config_is_not_run(tmp_path):
    """MMEngine runs a config that it finds in a checkpoint."""
    train(config_of(tmp_path / 'a', 3, COSINE))
    path, trap = tmp_path / 'a/epoch_3.pth', tmp_path / 'trap'
    content = CheckpointLoader.load_checkpoint(str(path))
    code = f'open({str(trap)!r}, "w")\n'
    content['meta']['config'] = content['meta']['cfg'] = code
    torch.save(content, path)
    resumed(config_of(tmp_path / 'b', 4, COSINE), tmp_path / 'a')
    assert not trap.exists()


def test_changed_keys():
    one = Config(dict(model=dict(a=1, b=[dict(c=(2, 3))]), work_dir='x'))
    two = Config(
        dict(model=dict(a=1, b=[dict(c=(2, 4))], d='e'), work_dir='y')
    )
    keys = changed_keys(one.pretty_text, two.pretty_text)
    assert keys == 'model.b.0.c.1, model.d'
    assert changed_keys(one.pretty_text, one.pretty_text) == ''
    assert changed_keys('no config', one.pretty_text) == ''
    one, two = (
        Config(dict(model=dict(a={'b.c': i}))).pretty_text for i in (1, 2)
    )
    assert changed_keys(one, two) == "model.a.'b.c'"


def test_moving_average_goes_on(tmp_path):
    def config(folder, epochs):
        config = config_of(tmp_path / folder, epochs, COSINE)
        config.custom_hooks.append(dict(type='EMAHook', momentum=0.1))
        return config

    train(config('a', 6))
    shutil.copytree(tmp_path / 'a', tmp_path / 'b')
    resumed(config('b', 6), tmp_path / 'b')
    first, again = (
        CheckpointLoader.load_checkpoint(str(tmp_path / f'{name}/epoch_6.pth'))
        for name in 'ab'
    )
    for key in ('state_dict', 'ema_state_dict'):
        torch.testing.assert_close(again[key], first[key], rtol=0, atol=0)
