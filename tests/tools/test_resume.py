"""Runs that are killed, and resumed with the same result."""

import shlex
import shutil
import sys
from pathlib import Path

import pytest
import torch
from commands import ROOT, learned, line_of, start, train, train_tool

from vlprompt.apis import find_resumable

pytestmark = pytest.mark.e2e

MIXUP = (
    'model.data_preprocessor.blending.type=MixupBlending',
    'model.data_preprocessor.blending.num_classes=3',
    'model.data_preprocessor.blending.alpha=0.8',
    'train_dataloader.num_workers=1',
    'train_cfg.max_epochs=4',
)
KILL = (
    'custom_hooks.2.type=Killer',
    'custom_hooks.2.epoch=2',
    'custom_hooks.2.iteration=1',
)


@pytest.fixture(scope='module')
def killed(world, tmp_path_factory) -> Path:
    """The work folder of a run without a seed, killed in its third epoch."""
    work_dir = tmp_path_factory.mktemp('killed')
    result = start(
        sys.executable,
        ROOT / 'tools/train.py',
        world / 'tiny.py',
        '--work-dir',
        work_dir,
        '--cfg-options',
        *MIXUP,
        *KILL,
    )
    assert result.returncode == -9, result.stderr
    return work_dir


def resume(config, killed, work_dir, *damaged):
    """Resume in a copy of the folder, some of its checkpoints cut short."""
    shutil.copytree(killed, work_dir, dirs_exist_ok=True)
    (work_dir / 'last_checkpoint').write_text(str(work_dir / 'epoch_2.pth'))
    for name in damaged:
        path = work_dir / name
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    return train(config, work_dir, '--resume', '--cfg-options', *MIXUP)


def test_resumed_run_ends_like_an_uninterrupted_one(config, killed, tmp_path):
    assert learned(killed).keys() and not (killed / 'epoch_3.pth').exists()
    seed = find_resumable(killed).seed
    expected = train(
        config,
        tmp_path / 'whole',
        '--seed',
        str(seed),
        '--cfg-options',
        *MIXUP,
    )
    resumed = resume(config, killed, tmp_path / 'resumed')
    torch.testing.assert_close(resumed, expected, rtol=1e-5, atol=1e-6)
    # The last checkpoint was being written when the run was killed.
    again = resume(config, killed, tmp_path / 'again', 'epoch_2.pth')
    torch.testing.assert_close(again, expected, rtol=1e-5, atol=1e-6)
    assert not torch.equal(
        expected['prompts.free.text.vectors'],
        learned(killed)['prompts.free.text.vectors'],
    )


@pytest.mark.parametrize('note', ['/gone/epoch_2.pth', ''])
def test_a_note_that_does_not_help(killed, tmp_path, monkeypatch, note):
    """The work folder was moved, or the run killed while it wrote the note."""
    shutil.copytree(killed, tmp_path / 'new')
    (tmp_path / 'new/last_checkpoint').write_text(note)
    monkeypatch.chdir(killed)
    found = find_resumable(tmp_path / 'new')
    assert found.path == str(tmp_path / 'new/epoch_2.pth')


def test_nothing_to_resume_from(config, killed, tmp_path):
    """Without checkpoints a run starts; with damaged ones alone it stops."""
    assert find_resumable(tmp_path) is None
    line = line_of(
        resume, config, killed, tmp_path / 'x', 'epoch_1.pth', 'epoch_2.pth'
    )
    assert 'no checkpoint in' in line
    args = [config, '--resume', str(tmp_path / 'x/epoch_1.pth')]
    assert 'cut off' in line_of(train_tool.main, args)


def stamp(path):
    return path.stat().st_mtime_ns, path.read_bytes()


@pytest.mark.parametrize('epochs', [4, 2])
def test_a_finished_run_has_nothing_to_do(
    config, killed, tmp_path, capsys, epochs
):
    """Nor one of more epochs than the config asks for."""
    resume(config, killed, tmp_path)
    before = stamp(tmp_path / 'epoch_4.pth')
    (tmp_path / 'last_checkpoint').write_bytes(b'\xff\0' + b'x' * 9000)
    capsys.readouterr()
    flags = ['--work-dir', str(tmp_path), '--resume', '--cfg-options', *MIXUP]
    args = [config, *flags, f'train_cfg.max_epochs={epochs}']
    assert train_tool.main(args) is None
    printed = capsys.readouterr()
    line = printed.out.splitlines()[-1]
    assert line.startswith('nothing to do: ') and 'has 4 epochs' in line
    assert 'last_checkpoint does not name' in printed.out + printed.err
    assert stamp(tmp_path / 'epoch_4.pth') == before
    assert learned(tmp_path)


def test_a_validation_that_was_owed_is_done(config, killed, tmp_path):
    """The run was killed after its last checkpoint, before validating it."""
    resume(config, killed, tmp_path)
    logs = tmp_path.rglob('scalars.json')
    text = ''.join(path.read_text() for path in logs)
    assert text.count('acc/top1') == 2  # the owed one of epoch 2, and 4
    flags = ['--work-dir', str(tmp_path), '--resume', '--cfg-options', *MIXUP]
    (tmp_path / '.last_validation').write_text('2')
    train_tool.main([config, *flags])
    logs = tmp_path.rglob('scalars.json')
    text = ''.join(path.read_text() for path in logs)
    assert text.count('acc/top1') == 3
    train_tool.main([config, *flags])
    logs = tmp_path.rglob('scalars.json')
    assert ''.join(path.read_text() for path in logs) == text


def test_weights_alone_cannot_be_resumed(config, tmp_path):
    torch.save(
        dict(state_dict={'a': torch.zeros(1)}), tmp_path / 'weights.pth'
    )
    args = [config, '--resume', str(tmp_path / 'weights.pth')]
    assert 'it has weights alone' in line_of(train_tool.main, args)


def test_a_drive_that_is_full_while_a_checkpoint_is_written(config, tmp_path):
    """The limit is that of files, of 30 KB where a checkpoint has 39."""
    words = [sys.executable, '-m', 'vlprompt', 'train', config, '--seed', '1']
    words += ['--work-dir', str(tmp_path)]
    line = f'ulimit -f 30; exec {shlex.join(words)}'
    result = start('bash', '-c', line)
    assert result.returncode == 2
    errors = result.stderr.splitlines()
    assert errors[-1].startswith(f'error: {tmp_path}/epoch_1.pth: larger than')
    assert 'Traceback' not in result.stderr
    assert not list(tmp_path.glob('.*')) and not list(tmp_path.glob('*.pth'))
    assert start(*words, '--resume').returncode == 0
    assert learned(tmp_path)
