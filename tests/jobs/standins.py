"""Executors of stand-ins for the commands, and what they did."""

import sys
import time
from pathlib import Path

from vlprompt.jobs.executors import SlurmExecutor, SubprocessExecutor

FAKE = str(Path(__file__).with_name('fake_vlprompt.py'))


class StandIns(SubprocessExecutor):
    """Processes on this machine."""

    def command(self, words, alone=False):
        return [sys.executable, '-S', FAKE, *words]


class SlurmStandIns(SlurmExecutor):
    """Jobs of submitit."""

    def command(self, words, alone=False):
        return [sys.executable, '-S', FAKE, *words]


def calls(out):
    """What has been called since this was asked last."""
    file = out / 'calls'
    lines = file.read_text().splitlines() if file.is_file() else []
    file.unlink(missing_ok=True)
    return lines


def wait_for(path):
    for _ in range(600):
        if path.exists():
            return
        time.sleep(0.1)
    raise AssertionError(f'no {path}')
