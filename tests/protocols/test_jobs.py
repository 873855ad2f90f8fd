"""Jobs, with stand-ins for train.py and test.py."""

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mmengine.config import Config

from vlprompt.errors import UserError
from vlprompt.protocols import Job, Jobs
from vlprompt.protocols.jobs import _position

TRAIN = """
import sys
from pathlib import Path
folder = Path(sys.argv[2].removeprefix('--work-dir='))
with open(folder / '../calls', 'a') as file:
    file.write('train ' + ' '.join(sys.argv[3:]) + '\\n')
if (folder.parent / 'fail').exists():
    print('error: no GPU today')
    sys.exit(2)
if (folder.parent / 'wait').exists():
    import time
    (folder.parent / 'waiting').touch()
    time.sleep(60)
checkpoint = folder / 'epoch_1.pth'
checkpoint.write_text('weights')
(folder / 'last_checkpoint').write_text(str(checkpoint))
"""
TEST = """
import json, sys
from pathlib import Path
config, checkpoint, folder = sys.argv[1:4]
folder = Path(folder.removeprefix('--work-dir='))
with open(folder / '../calls', 'a') as file:
    file.write(f'test {checkpoint}\\n')
(folder / 'metrics.json').write_text(json.dumps({'acc/top1': 0.5}))
"""


@pytest.fixture
def tools(tmp_path):
    folder = tmp_path / 'tools'
    folder.mkdir()
    (folder / 'train.py').write_text(TRAIN)
    (folder / 'test.py').write_text(TEST)
    return folder


@pytest.fixture
def todo(tmp_path):
    (tmp_path / 'list.txt').write_text('a.mp4 0')
    dataset = dict(
        ann_file=str(tmp_path / 'list.txt'),
        data_prefix=dict(video=str(tmp_path)),
    )
    loader = dict(dataset=dataset)
    config = Config(
        dict(
            train_dataloader=loader,
            val_dataloader=loader,
            test_dataloader=loader,
        )
    )
    return [
        Job('train', 'train', config, flags=('--seed=0',)),
        Job('test', 'test', config, 'train'),
    ]


def calls(out):
    file = out / 'calls'
    lines = file.read_text().splitlines() if file.is_file() else []
    file.unlink(missing_ok=True)
    return [line.split()[0] for line in lines]


def test_what_is_done_is_kept(tmp_path, tools, todo):
    out = tmp_path / 'out'
    expected = {'train': {}, 'test': {'acc/top1': 0.5}}
    assert Jobs(out, tools).run(todo) == expected
    assert calls(out) == ['train', 'test']
    assert Jobs(out, tools).run(todo) == expected
    assert calls(out) == []
    assert Jobs(out, tools, force=True).run(todo) == expected
    assert calls(out) == ['train', 'test']


def test_what_has_changed_is_run_again(tmp_path, tools, todo):
    out = tmp_path / 'out'
    Jobs(out, tools).run(todo)
    calls(out)
    (out / 'train/epoch_1.pth').write_text('other weights')
    Jobs(out, tools).run(todo)
    assert calls(out) == ['test']
    (tmp_path / 'list.txt').write_text('b.mp4 0')
    Jobs(out, tools).run(todo)
    assert calls(out) == ['train', 'test']
    todo[1].config.seed = 1
    Jobs(out, tools).run(todo)
    assert calls(out) == ['train', 'test']
    (out / 'train/last_checkpoint').unlink()
    Jobs(out, tools).run(todo)
    assert calls(out)[0] == 'train'


def test_results_can_be_moved(tmp_path, tools, todo):
    Jobs(tmp_path / 'out', tools).run(todo)
    (tmp_path / 'out').rename(tmp_path / 'moved')
    calls(tmp_path / 'moved')
    Jobs(tmp_path / 'moved', tools).run(todo)
    assert calls(tmp_path / 'moved') == []


def test_a_job_that_fails_says_why(tmp_path, tools, todo):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'fail').touch()
    with pytest.raises(UserError) as error:
        Jobs(out, tools).run(todo)
    log = out / 'train/log.txt'
    assert str(error.value) == f'train failed: no GPU today (log: {log})'
    (out / 'fail').unlink()
    Jobs(out, tools).run(todo)
    assert calls(out) == ['train', 'train', 'test']


def test_missing_lists_are_found_before(tmp_path, tools, todo):
    (tmp_path / 'list.txt').unlink()
    with pytest.raises(UserError, match='nothing is run: there is no .*list'):
        Jobs(tmp_path / 'out', tools).run(todo)
    assert not (tmp_path / 'out').exists()


def test_a_checkpoint_that_is_not_there(tmp_path, tools, todo):
    missing = todo[1]._replace(checkpoint=str(tmp_path / 'none.pth'))
    Jobs(tmp_path / 'out', tools).run([missing])
    log = (tmp_path / 'out/calls').read_text()
    assert log == f'test {tmp_path}/none.pth\n'  # test.py says so


PROGRAM = """
import signal
import sys
from pathlib import Path
from mmengine.config import Config
from vlprompt.cli.common import run_command
from vlprompt.protocols import Job, Jobs
# Shells let what they start in the background ignore interruptions.
signal.signal(signal.SIGINT, signal.default_int_handler)
root = Path(sys.argv[1])
config = Config(dict(model=dict()))
jobs = [Job('test', 'test', config, 'none'), Job('train', 'train', config)]
run_command(lambda: Jobs(root / 'out', root / 'tools').run(jobs))
"""


def test_an_interruption_loses_nothing(tmp_path, tools):
    out = tmp_path / 'out'
    out.mkdir()
    (out / 'wait').touch()
    command = [sys.executable, '-c', PROGRAM, str(tmp_path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True
    ) as process:
        _wait_for(out / 'waiting')
        process.send_signal(signal.SIGINT)
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert 'what is done is kept' in printed
    (out / 'wait').unlink()
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert 'as before' in done.stdout
    lines = (out / 'calls').read_text().splitlines()
    assert lines == ['test none', 'train ', 'train --resume']


def _wait_for(path: Path) -> None:
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f'no {path}')


@pytest.mark.parametrize(
    ('line', 'position'),
    [
        (
            '11/21 09:27:32 - mmengine - INFO - Epoch(train)  [3][36/36]  '
            'lr: 8.6e-05  eta: 0:06:44  time: 1.0',
            'Epoch(train)  [3][36/36] 0:06:44 left',
        ),
        (
            'x - Epoch(test) [ 10/153]    eta: 1 day, 0:01:02  time: 2',
            'Epoch(test) [ 10/153] 1 day, 0:01:02 left',
        ),
        ('Saving checkpoint at 3 epochs', ''),
    ],
)
def test_the_position_in_a_log(line, position):
    assert _position(line).replace('\\[', '[') == position


def test_the_best_validation(tmp_path, tools):
    folder = tmp_path / 'train/20260101/vis_data'
    folder.mkdir(parents=True)
    lines = [{'lr': 1}, {'acc/top1': 0.25}, {'acc/top1': 0.5}, {'acc/top1': 0}]
    text = '\n'.join(json.dumps(line) for line in lines)
    (folder / 'scalars.json').write_text(text)
    jobs = Jobs(tmp_path, tools)
    assert jobs.best('train', 'acc/top1', 100) == 50
    assert jobs.best('other', 'acc/top1') is None
