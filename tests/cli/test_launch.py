"""The flags that start several processes."""

import os
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vlprompt.cli import child, launch, slurm, train
from vlprompt.cli.parsing import parse
from vlprompt.errors import UserError
from vlprompt.written_values import read_value


def parsed(*words):
    return parse(train.__name__, ['a/my.py', *words])


@pytest.fixture
def programs(monkeypatch):
    """The programs that would be started, with the number of processes."""
    found = []
    monkeypatch.setattr(
        launch, 'run_processes', lambda *call: found.append(call) or 3
    )
    monkeypatch.setenv('PYTHONSAFEPATH', '')
    return found


@pytest.mark.parametrize('flag', [['--gpus', '4'], ['--gpus=4']])
def test_processes_get_the_other_flags_as_they_were_given(programs, flag):
    """In their order, and with values that look like flags."""
    others = ['--cfg-options', 'a=b c', 'x=--gpus', '--seed', '-1', '--amp']
    with pytest.raises(SystemExit) as ended:
        train.main([*flag, 'my.py', *others])
    assert ended.value.code == 3
    ((number, program),) = programs
    assert number == 4
    assert program == [
        '-m', 'vlprompt', 'train', 'my.py', *others, '--launcher', 'pytorch'
    ]  # fmt: skip


TEXTS = st.text(
    st.characters(exclude_categories=['Cs'], exclude_characters='\0')
)


@pytest.mark.parametrize('flags', [['--gpus=2'], ['--slurm=p', '--gpus=2']])
@given(texts=st.lists(TEXTS, min_size=1, max_size=4))
def test_values_arrive_in_the_processes(flags, texts):
    """As they were written, plain and quoted, whatever they look like."""
    pairs = [f'a.{i}={text}' for i, text in enumerate(texts)]
    pairs += [f'b.{i}={text!r}' for i, text in enumerate(texts)]
    found = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv('PYTHONSAFEPATH', '')
        patch.setattr(os, 'execvp', lambda _, line: found.append(line))
        patch.setattr(
            launch, 'run_processes', lambda _, line: found.append(line)
        )
        with pytest.raises(SystemExit):
            train.main(['my.py', *flags, '--cfg-options', *pairs])
    words = found[0][found[0].index('vlprompt') + 2 :]
    values = list(parse(train.__name__, words).cfg_options.values())
    assert values[: len(texts)] == texts
    assert [read_value(v) for v in values[len(texts) :]] == texts


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (['--gpus', '0'], '--gpus 0, expected at least 1'),
        (['--gpus', '2', '--launcher', 'mpi'], 'leave it out with --gpus'),
        (['--slurm', '--launcher', 'slurm'], 'leave it out with --gpus'),
        (['--job-name', 'a'], '--job-name without --slurm'),
        (['--gpus=2', '--gpus-per-node=2'], '--gpus-per-node without --slurm'),
        (['--srun-args=--gres=none'], '--srun-args without --slurm'),
    ],
)
def test_flags_that_do_not_fit_each_other(words, line):
    with pytest.raises(UserError, match=line):
        launch.is_launcher(parsed(*words))


def test_the_home_folder_in_a_flag(monkeypatch):
    monkeypatch.setenv('HOME', '/houses/me')
    args = parsed('--work-dir=~/runs', '--cfg-options', 'work_dir=~/x')
    assert args.work_dir == '/houses/me/runs'
    assert args.cfg_options == {'work_dir': '~/x'}  # not read yet


def test_without_such_flags_nothing_is_started():
    assert not launch.is_launcher(parsed('--launcher', 'pytorch'))


def test_srun_by_default():
    assert slurm.srun(parsed('--slurm')) == [
        'srun',
        '--job-name=my',
        '--gres=gpu:8',
        '--ntasks=8',
        '--ntasks-per-node=8',
        '--cpus-per-task=5',
        '--kill-on-bad-exit=1',
    ]


def test_srun_with_every_flag():
    flags = ['--slurm=big', '--job-name=a job', '--gpus=16']
    flags += ['--gpus-per-node=4', '--cpus-per-task=6']
    flags.append("--srun-args=--gres=none --comment='two words'")
    assert slurm.srun(parsed(*flags)) == [
        'srun',
        '--partition=big',
        '--job-name=a job',
        '--gres=gpu:4',
        '--ntasks=16',
        '--ntasks-per-node=4',
        '--cpus-per-task=6',
        '--kill-on-bad-exit=1',
        '--gres=none',
        '--comment=two words',
    ]


class Replaced(Exception):
    """What the process would be now."""


def execvp(*call):
    raise Replaced(*call)


def test_the_process_becomes_srun(monkeypatch):
    """Its flags may be abbreviated, as argparse allows."""
    monkeypatch.setattr(os, 'execvp', execvp)
    monkeypatch.delenv('MASTER_PORT', raising=False)
    monkeypatch.setenv('PYTHONSAFEPATH', '')
    with pytest.raises(Replaced) as replaced:
        train.main(['my.py', '--slur', 'big', '--amp', '--cpus', '1'])
    name, command = replaced.value.args
    assert name == 'srun'
    assert {'--partition=big', '--cpus-per-task=1'} <= set(command)
    program = [sys.executable, '-u', '-m', 'vlprompt', 'train', 'my.py']
    assert command[-len(program) - 3 :] == [
        *program, '--amp', '--launcher', 'slurm'
    ]  # fmt: skip
    assert int(os.environ['MASTER_PORT']) in slurm.PORTS


def test_without_srun_there_is_one_line(monkeypatch, tmp_path):
    monkeypatch.setenv('PATH', str(tmp_path))
    monkeypatch.setenv('PYTHONSAFEPATH', '')
    with pytest.raises(UserError, match='srun, which is not on the PATH'):
        train.main(['my.py', '--slurm'])


@pytest.mark.parametrize('there', [True, False])
def test_processes_import_the_vlprompt_that_this_one_did(
    monkeypatch, tmp_path, there
):
    """Not one in the current folder, unless this one looks there as well."""
    monkeypatch.chdir(tmp_path)
    elsewhere = [p for p in sys.path if p not in ('', str(tmp_path))]
    first = [str(tmp_path)] if there else []
    monkeypatch.setattr(sys, 'path', [*first, *elsewhere])
    line = child.command_line(['train', 'my.py'])
    assert line[-4:] == ['-m', 'vlprompt', 'train', 'my.py']
    if sys.version_info >= (3, 11):
        assert ('-P' in line) != there
