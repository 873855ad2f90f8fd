"""Training and testing, and what their flags do."""

import pickle
from pathlib import Path

import pytest
import torch
from commands import NUM_VIDEOS, line_of, test_tool, train, train_tool
from torch.utils._python_dispatch import TorchDispatchMode

from vlprompt.apis import load_config
from vlprompt.cli.parsing import parse


def train_config(config, *flags):
    args = parse(train_tool.__name__, [config, *flags])
    cfg = load_config(args.config, args.cfg_options)
    train_tool.merge_args(cfg, args)
    return cfg


@pytest.mark.e2e
def test_train_then_test(config, tmp_path):
    """The work folder, and every flag that writes something."""
    flags = ('--amp', '--no-validate', '--seed', '1')
    weights = train(config, tmp_path / 'out', *flags)
    assert not any('visual.conv1' in name for name in weights)
    checkpoint = tmp_path / 'out/epoch_2.pth'
    args = ['--work-dir', str(tmp_path / 'eval'), '--dump', 'scores.pkl']
    args += ['--show-dir', 'drawn', '--interval', '3']
    args += ['--cfg-options', 'randomness.seed=1']
    metrics = test_tool.main([config, str(checkpoint), *args])
    assert 0 <= metrics['acc/top1'] <= 1
    assert any(Path('drawn').rglob('*.png'))
    with open('scores.pkl', 'rb') as file:
        assert len(pickle.load(file)) == NUM_VIDEOS
    assert any((tmp_path / 'eval').glob('*/*.json'))


@pytest.mark.e2e
def test_a_model_that_learns_nothing_needs_no_checkpoint(config):
    vanilla = ['--cfg-options', 'model.trainable=[]', 'model.prompts=None']
    vanilla += ['model.texts.template=a photo of a {}.']
    vanilla += ['randomness.seed=0']
    metrics = test_tool.main([config, *vanilla])
    assert metrics == test_tool.main([config, 'none', *vanilla])
    assert 'learns prompts.*' in line_of(test_tool.main, [config])


def test_work_dir(config):
    assert train_config(config).work_dir == 'work_dirs/tiny'
    own = ['--cfg-options', 'work_dir=mine']
    assert train_config(config, *own).work_dir == 'mine'
    assert train_config(config, '--work-dir', 'a', *own).work_dir == 'a'


def test_randomness(config):
    assert train_config(config).randomness == dict(seed=None)
    own = ['--cfg-options', 'randomness.seed=7']
    assert train_config(config, *own).randomness.seed == 7
    flags = ['--seed', '0', '--diff-rank-seed', '--deterministic', *own]
    assert train_config(config, *flags).randomness == dict(
        seed=0, diff_rank_seed=True, deterministic=True
    )


@pytest.mark.parametrize(
    ('device', 'bf16', 'expected'),
    [
        ('cpu', True, ('bfloat16', dict(enabled=False))),
        ('cuda', True, ('bfloat16', dict(enabled=False))),
        ('cuda', False, ('float16', 'dynamic')),
    ],
)
def test_mixed_precision(config, monkeypatch, device, bf16, expected):
    where = 'vlprompt.apis.mixed_precision.get_device'
    monkeypatch.setattr(where, lambda: device)
    monkeypatch.setattr(
        'vlprompt.apis.mixed_precision.has_bf16', lambda _: bf16
    )
    wrapper = train_config(config, '--amp').optim_wrapper
    assert wrapper.type == 'AmpOptimWrapper'
    assert (wrapper.dtype, wrapper.loss_scale) == expected
    own = ['--amp', '--cfg-options', 'optim_wrapper.dtype=float16']
    assert train_config(config, *own).optim_wrapper.loss_scale == 'dynamic'


@pytest.mark.e2e
def test_nothing_emulates_bf16_unasked(config, tmp_path, monkeypatch, capfd):
    monkeypatch.setattr('vlprompt.hardware.bf16_instructions', list)
    with DTypes() as dtypes:
        train_tool.main([config, '--amp', '--no-validate'])
    assert torch.float32 in dtypes.seen
    assert not dtypes.seen & {torch.bfloat16, torch.float16}
    printed = capfd.readouterr()
    assert (printed.out + printed.err).count('running in fp32') == 1
    asked = ['--amp', '--cfg-options', 'optim_wrapper.dtype=bfloat16']
    wrapper = train_config(config, *asked).optim_wrapper
    assert (wrapper.type, wrapper.dtype) == ('AmpOptimWrapper', 'bfloat16')


class DTypes(TorchDispatchMode):
    """Sees the types of all tensors that are computed."""

    def __init__(self):
        super().__init__()
        self.seen = set()

    def __torch_dispatch__(self, func, types, args=(), kwargs=None):
        out = func(*args, **(kwargs or {}))
        leaves = out if isinstance(out, (tuple, list)) else [out]
        self.seen |= {x.dtype for x in leaves if isinstance(x, torch.Tensor)}
        return out


def test_learning_rate_scaling(config):
    assert train_config(config, '--auto-scale-lr').auto_scale_lr.enable
    off = ['--auto-scale-lr', '--cfg-options', 'auto_scale_lr=None']
    assert 'base_batch_size' in line_of(train_config, config, *off)


def test_options_are_read_for_their_place(config):
    pairs = [
        'model.texts.template=[2] a photo, of {}',
        'train_cfg.max_epochs=7',
        'val_evaluator.metric_list=[top_k_accuracy,mean_class_accuracy]',
        'train_cfg.max_epochs=8',
    ]
    found = train_config(config, '--cfg-options', *pairs)
    assert found.model.texts.template == '[2] a photo, of {}'
    assert found.train_cfg.max_epochs == 8
    assert found.val_evaluator.metric_list == [
        'top_k_accuracy',
        'mean_class_accuracy',
    ]


@pytest.mark.e2e
def test_skip_broken(config, world, tmp_path):
    """A broken video stops an evaluation by name, or is left out."""
    broken = world / 'videos/7.mp4'
    broken.write_bytes(b'not a video')
    lines = (world / 'list.txt').read_text() + '\n7.mp4 0\n'
    (tmp_path / 'list.txt').write_text(lines)
    args = [
        config,
        'none',
        '--cfg-options',
        'test_evaluator.type=CountedAccMetric',
    ]
    args += [f'test_dataloader.dataset.ann_file={tmp_path / "list.txt"}']
    assert str(broken) in line_of(test_tool.main, args)
    metrics = test_tool.main([*args, '--skip-broken'])
    assert (metrics['acc/scored'], metrics['acc/listed']) == (7, 8)
