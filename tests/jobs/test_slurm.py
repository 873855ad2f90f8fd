"""Jobs on a cluster, as submitit runs them without one."""

import sys
import threading

import pytest
from standins import SlurmStandIns, calls, wait_for

from vlprompt.errors import UserError
from vlprompt.jobs import Jobs, TestJob
from vlprompt.jobs.executors import SlurmExecutor, slurm_executor

DONE = {'train': {}, 'test': {'acc/top1': 0.5}}


@pytest.fixture(autouse=True)
def _impatient(monkeypatch):
    monkeypatch.setattr(slurm_executor, 'POLL', 0.1)


@pytest.fixture
def local(tmp_path):
    pytest.importorskip('submitit')
    return lambda **parameters: SlurmStandIns(
        tmp_path / 'slurm', cluster='local', parameters=parameters
    )


def test_jobs_are_submitted_in_their_order(local, tmp_path, todo, capsys):
    assert Jobs(tmp_path, local()).run(todo) == DONE
    assert [c.split()[0] for c in calls(tmp_path)] == ['train', 'test']
    assert Jobs(tmp_path, local()).run(todo) == DONE
    assert capsys.readouterr().out.count('as before') == 2
    assert not (tmp_path / 'train/slurm_job').exists()


def test_all_that_can_run_is_submitted_at_once(local, tmp_path, config):
    (tmp_path / 'meet').write_text('3')
    todo = [TestJob(name, config) for name in 'abc']
    assert [*Jobs(tmp_path, local()).run(todo)] == ['a', 'b', 'c']


def test_a_job_that_fails_says_why(local, tmp_path, todo):
    (tmp_path / 'fail').touch()
    with pytest.raises(UserError, match='train failed: no GPU today'):
        Jobs(tmp_path, local()).run(todo)
    (tmp_path / 'fail').unlink()
    assert Jobs(tmp_path, local()).run(todo) == DONE


def test_a_job_that_does_not_come_to_its_end(
    local, tmp_path, todo, monkeypatch
):
    """It is cancelled from elsewhere."""
    submitit = pytest.importorskip('submitit')
    monkeypatch.setattr(submitit.LocalJob, '_results_timeout_s', 0.1)
    (tmp_path / 'wait').touch()
    executor = local()

    def cancel():
        wait_for(tmp_path / 'waiting')
        for job in executor._running.values():
            job.cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    with pytest.raises(UserError, match=r'Slurm job \d+ ended early'):
        Jobs(tmp_path, executor).run(todo)
    thread.join()


def test_a_job_that_was_submitted_before_is_waited_for(
    local, tmp_path, config, monkeypatch
):
    """The process that had submitted it was killed in the meantime."""
    jobs = Jobs(tmp_path, local())
    monkeypatch.setattr(SlurmExecutor, '_wait', lambda *_: sys.exit())
    with pytest.raises(SystemExit):
        jobs.run([TestJob('test', config)])
    assert (tmp_path / 'test/slurm_job').is_file()
    monkeypatch.undo()
    (submitted,) = jobs.executor._running.values()
    assert submitted.result() == 0
    assert Jobs(tmp_path, local()).run([TestJob('test', config)]) == {
        'test': {'acc/top1': 0.5}
    }
    assert len(calls(tmp_path)) == 1


@pytest.mark.parametrize(
    ('parameters', 'line'),
    [
        (dict(slurm_colour='red'), "--slurm-options: Unknown argument 'col"),
        (dict(timeout_min='long'), '--slurm-options: Parameter "timeout_min'),
    ],
)
def test_unknown_parameters_are_one_line(local, parameters, line):
    with pytest.raises(UserError, match=line) as error:
        local(**parameters)
    assert '\n' not in str(error.value)


def test_without_a_cluster_it_says_so(tmp_path):
    pytest.importorskip('submitit')
    with pytest.raises(UserError, match='start this on a login node'):
        SlurmExecutor(tmp_path)


def test_without_submitit_it_says_so(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, 'submitit', None)
    with pytest.raises(UserError, match='pip install submitit'):
        SlurmExecutor(tmp_path)


def test_words_pass_the_shell(local, tmp_path, config):
    """A name of a folder that a shell would take apart."""
    name = "it's $HOME; `a` *"
    assert [*Jobs(tmp_path, local()).run([TestJob(name, config)])] == [name]
