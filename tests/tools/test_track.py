"""Trackers get what the run's own log has, and cannot end a training."""

import json
import sys

import pytest
from commands import start, train
from mmengine.config import Config

from vlprompt.cli.train import main
from vlprompt.errors import UserError
from vlprompt.tracking.trackers import TRACKERS, list_hashes, use_trackers

OFTEN = (
    'train_cfg.val_interval=1',
    'default_hooks.logger.type=LoggerHook',
    'default_hooks.logger.interval=1',
)


@pytest.fixture
def tracked(config, tmp_path, monkeypatch):
    """Train with trackers; gives the folder of the run's log."""

    def run(*names):
        flags = [word for name in names for word in ('--track', name)]
        train(config, tmp_path / 'run', *flags, '--cfg-options', *OFTEN)
        (scalars,) = (tmp_path / 'run').glob('*/vis_data/scalars.json')
        return scalars.parent

    monkeypatch.chdir(tmp_path)  # where W&B and MLflow would leave files
    return run


def logged(folder):
    """{name: {step: value}} of a run's own log."""
    found = {}
    for line in (folder / 'scalars.json').read_text().splitlines():
        values = json.loads(line)
        step = values['step']
        for name, value in values.items():
            if name != 'step':
                found.setdefault(name, {})[step] = value
    return found


def log_of(folder):
    return next(folder.parent.glob('*.log')).read_text()


@pytest.mark.slow
def test_tensorboard(tracked, config):
    pytest.importorskip('tensorboard')
    folder = tracked('tensorboard')
    from tensorboard.backend.event_processing.event_accumulator import (
        EventAccumulator,
    )

    events = EventAccumulator(str(folder)).Reload()
    own = logged(folder)
    assert {'loss', 'acc/top1'} <= own.keys()
    assert ' failed ' not in log_of(folder)
    for name, values in own.items():
        found = {e.step: e.value for e in events.Scalars(name)}
        assert found == pytest.approx(values, rel=1e-6), name
    tags = events.Tags()['tensors']
    assert {'config/text_summary', 'train_list/text_summary'} <= set(tags)
    (text,) = events.Tensors('train_list/text_summary')
    sha256 = list_hashes(Config.fromfile(config))['train_list']
    assert text.tensor_proto.string_val[0].decode() == sha256


@pytest.mark.slow
def test_wandb_offline(tracked, monkeypatch):
    wandb = pytest.importorskip('wandb')
    monkeypatch.setenv('WANDB_MODE', 'offline')
    folder = tracked('wandb')
    assert wandb.run is None  # it has ended
    (run,) = folder.glob('wandb/offline-run-*')
    (log,) = run.glob('*.wandb')
    content = log.read_bytes()
    for word in (b'acc/top1', b'train_list', b'optim_wrapper', b'list.txt'):
        assert word in content, word
    assert not [*run.rglob('*.py')]  # no code of the working folder


@pytest.mark.slow
def test_mlflow_in_sqlite(tracked, config, tmp_path):
    mlflow = pytest.importorskip('mlflow')
    pytest.importorskip('sqlalchemy')
    folder = tracked('mlflow')
    client = mlflow.MlflowClient(f'sqlite:///{folder}/mlflow.db')
    experiment = client.get_experiment_by_name('vlprompt')
    (run,) = client.search_runs([experiment.experiment_id])
    assert run.info.status == 'FINISHED'
    assert run.info.run_name == 'run'
    assert run.data.tags['train_list'].startswith('list.txt ')
    for name, values in logged(folder).items():
        history = client.get_metric_history(run.info.run_id, name)
        assert {h.step: h.value for h in history} == pytest.approx(values)
    names = {item.path for item in client.list_artifacts(run.info.run_id)}
    assert 'config.py' in names
    assert not (tmp_path / 'mlruns').exists()


@pytest.mark.slow
def test_several_and_one_that_fails_at_the_end(tracked, monkeypatch, capfd):
    pytest.importorskip('tensorboard')
    from mmengine.visualization import TensorboardVisBackend

    def close(self):
        raise OSError('no space left')

    monkeypatch.setattr(TensorboardVisBackend, 'close', close)
    folder = tracked('tensorboard', 'tensorboard')
    log = log_of(folder)
    assert log.count('tensorboard failed (OSError: no space left)') == 1
    assert 'Traceback' not in log + capfd.readouterr().err
    assert (folder.parents[1] / 'epoch_2.pth').is_file()


@pytest.mark.slow
def test_an_mlflow_that_breaks_leaves_the_run_good(config, tmp_path):
    """Its database goes away; MLflow would trace it now and at the exit."""
    pytest.importorskip('mlflow')
    pytest.importorskip('sqlalchemy')
    done = start(
        *(sys.executable, '-m', 'vlprompt', 'train', config),
        *('--work-dir', tmp_path / 'run', '--track', 'mlflow'),
        *('--cfg-options', *OFTEN),
        'custom_hooks.2.type=Breaker',
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.count('mlflow failed (') == 1
    assert 'Traceback' not in done.stdout + done.stderr
    assert (tmp_path / 'run/epoch_2.pth').is_file()


@pytest.mark.parametrize('name', TRACKERS)
def test_a_missing_package_is_named_with_its_extra(
    name, config, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, TRACKERS[name][1], None)
    words = [config, '--work-dir', tmp_path / 'run', '--track', name]
    with pytest.raises(UserError, match=r'vlprompt\[track\]') as error:
        main(words)
    assert str(error.value).startswith(f'--track {name}: this needs ')
    assert not (tmp_path / 'run').exists()


def test_the_backends_of_a_config_stay():
    pytest.importorskip('tensorboard')
    own = dict(type='LocalVisBackend')
    config = Config(
        dict(
            work_dir='work_dirs/a',
            visualizer=dict(type='ActionVisualizer', vis_backends=[own]),
        )
    )
    use_trackers(config, ['tensorboard'])
    first, second = config.visualizer.vis_backends
    assert first == own
    assert second.backend.type == 'TensorboardVisBackend'
    assert config.visualizer.type == 'ActionVisualizer'
    use_trackers(config, ())  # a test with the config that a run has left
    assert config.visualizer.vis_backends == [own]
