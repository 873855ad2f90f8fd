"""One clear line for what a user can mend."""

import re
from pathlib import Path

import mmaction
import pytest
from commands import line_of, train_tool
from mmengine.registry import build_from_cfg
from torch._utils import ExceptionWrapper

from vlprompt.apis import load_config
from vlprompt.apis.config import TOP_KEYS, misspelt
from vlprompt.cli.common import run_command
from vlprompt.cli.parsing import parse
from vlprompt.errors import UserError
from vlprompt.registry import MODELS

PIPELINE = 'train_dataloader.dataset.pipeline'


@pytest.mark.parametrize(
    ('option', 'expected'),
    [
        ('model.prompts.dpeth=1', "ViLTPrompts does not take the key 'dpeth'"),
        ('model.prompts.dpeth=1', 'did you mean depth'),
        ('model.cls_head.tau=1', "SimilarityHead does not take the key 'tau'"),
        ('model.cls_head.num_classes=3', "not take the key 'num_classes'"),
        ('model.backbone.type=CLIPVisonTower', 'mean CLIPVisionTower?'),
        (f'{PIPELINE}.3.keep_rato=1', 'did you mean keep_ratio?'),
        (f'{PIPELINE}.0.type=DecordInt', 'did you mean DecordInit'),
        ('train_dataloader.nm_workers=1', 'did you mean num_workers'),
        ('train_dataloader.dataset.ann_fil=x', 'did you mean ann_file?'),
        ('train_cfg.max_epoch=3', 'did you mean max_epochs?'),
        ('optim_wrapper.optimizer.lrr=1', "AdamW does not take the key 'lrr'"),
        ('optim_wrapper.clip_gard=1', 'did you mean clip_grad?'),
        ('randomness.sead=1', "set_randomness does not take the key 'sead'"),
        ('train_dataloder.batch_size=1', 'did you mean train_dataloader'),
        ('decode=1', 'decode is a variable of the config file'),
        (f'{PIPELINE}.9.x=1', 'Index 9 exceeds the length'),
        ('load_from=gone.pth', 'no checkpoint at gone.pth'),
    ],
)  # fmt: skip
def test_options_that_nobody_takes(config, option, expected):
    line = line_of(train_tool.main, [config, '--cfg-options', option])
    assert expected in line and '\n' not in line


@pytest.mark.parametrize(
    ('text', 'expected'),
    [
        ('model = dict(', 'SyntaxError'),
        ('model = dict(x=width)', "'width' is not defined"),
        ("_base_ = 'gone.py'", 'gone.py'),
        ("custom_imports = dict(imports=['gone_parts'])", 'gone_parts'),
        ('train_dataloder = dict()', 'did you mean train_dataloader?'),
        ('trian_cfg = dict()', 'did you mean train_cfg?'),
    ],
)
def test_config_files_that_cannot_be_used(tmp_path, text, expected):
    (tmp_path / 'bad.py').write_text(text)
    line = line_of(load_config, 'bad.py')
    assert 'bad.py' in line and expected in line and '\n' not in line


def test_missing_config_file():
    assert line_of(load_config, 'gone.py') == 'no config file at gone.py'
    assert 'gone.py' in line_of(load_config, 'mmaction::gone.py')


def test_keys_of_mmactions_configs_are_not_taken_for_misspelt():
    """Over a thousand variable names that people have given."""
    root = Path(mmaction.__file__).parent / '.mim/configs'
    keys = {
        name
        for path in root.rglob('*.py')
        for name in re.findall(r'^(\w+) = ', path.read_text(), re.MULTILINE)
    }
    assert len(keys) > 50 and 'train_dataloader' in keys
    refused = {key for key in keys - TOP_KEYS if misspelt(key)}
    assert not refused


def test_error_of_a_worker_is_its_last_line():
    """torch wraps it with the worker's trace."""
    try:
        raise UserError('cannot read a.mp4: no moov') from OSError('moov')
    except UserError:
        wrapped = ExceptionWrapper(where='in DataLoader worker process 0')
    assert line_of(wrapped.reraise) == 'cannot read a.mp4: no moov'


def test_bugs_are_not_taken_for_errors_of_the_user():
    assert line_of(lambda: [].index(3)) is None
    assert line_of(lambda: UserError(message='x')) is None
    # An unknown key that no config gave, in a part that a config builds.
    part = dict(type=lambda: UserError(message='x'))
    assert line_of(build_from_cfg, part, MODELS) is None


@pytest.mark.parametrize('trace', ['0', '1'])
def test_a_command_ends_with_one_line(monkeypatch, capsys, trace):
    monkeypatch.setenv('VLPROMPT_TRACE', trace)

    def command():
        raise UserError('no such thing')

    with pytest.raises(SystemExit) as ended:
        run_command(command)
    printed = capsys.readouterr().err
    assert ended.value.code == 2
    assert printed.endswith('error: no such thing\n')
    assert ('Traceback' in printed) == (trace == '1')


def test_a_bug_ends_a_command_with_its_trace(capsys):
    with pytest.raises(SystemExit) as ended:
        run_command(lambda: 1 / 0)
    assert ended.value.code == 1
    assert 'ZeroDivisionError' in capsys.readouterr().err


def test_pair_without_a_value(config, capsys):
    with pytest.raises(SystemExit) as ended:
        parse(train_tool.__name__, [config, '--cfg-options', 'model'])
    assert ended.value.code == 2
    assert 'model: expected key=value' in capsys.readouterr().err
