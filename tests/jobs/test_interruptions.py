"""Whatever ends a command, nothing that was done is lost."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from standins import calls, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.e2e]
PROGRAM = """
import signal
import sys
from pathlib import Path
from mmengine.config import Config
from standins import StandIns
from vlprompt.cli.common import run_command
from vlprompt.jobs import Jobs, TestJob, TrainJob
# Shells let what they start in the background ignore interruptions.
signal.signal(signal.SIGINT, signal.default_int_handler)
config = Config(dict(model=dict()))
todo = [TestJob('test', config), TrainJob('train', config)]
run_command(lambda: Jobs(Path(sys.argv[1]), StandIns()).run(todo))
"""


@pytest.fixture
def out(tmp_path):
    (tmp_path / 'wait').touch()
    return tmp_path


def start(out):
    here = Path(__file__).parent
    path = os.pathsep.join([str(here), str(here.parents[1])])
    return subprocess.Popen(
        [sys.executable, '-c', PROGRAM, str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, 'PYTHONPATH': path},
    )


def goes_on(out):
    """The same command keeps the test, and the training resumes."""
    (out / 'wait').unlink()
    with start(out) as process:
        printed, _ = process.communicate(timeout=120)
    assert process.returncode == 0, printed
    assert 'as before' in printed
    assert calls(out) == ['test none', 'train', 'train --resume']


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_loses_nothing(out, number):
    with start(out) as process:
        wait_for(out / 'waiting')
        process.send_signal(number)
        printed, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert 'what is done is kept' in printed
    goes_on(out)


def test_two_commands_do_not_write_to_the_same_folder(out):
    """Nor one, and a job that another one has left when it was killed."""
    with start(out) as first:
        wait_for(out / 'waiting')
        with start(out) as second:
            printed, _ = second.communicate(timeout=60)
        assert second.returncode == 2
        assert f'error: {out} is in use' in printed
        first.kill()
    job = int((out / 'train/pid').read_text())
    with start(out) as third:
        printed, _ = third.communicate(timeout=60)
    assert third.returncode == 2
    assert 'a job that one has left behind' in printed
    os.kill(job, signal.SIGKILL)
    goes_on(out)
