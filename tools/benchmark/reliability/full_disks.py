"""Part 5: disks that are full at some moment."""

import ctypes
import random
import subprocess
import time
from pathlib import Path

from .killed_runs import (
    TRAINING,
    prepare,
    seconds_of,
    wait_for_moment,
    warm_up,
)
from .outcomes import Case, Finding, Outcome, Part
from .small_runs import judge_end, judge_error, training, wait, weights_of

NEW_MOUNTS = 0x00020000  # CLONE_NEWNS
SIZE = '8m'
BLOCK = 1 << 16
WRITTEN = 'all was written'


class FullDisks(Part):
    """What cannot be written."""

    name = 'disks'
    title = 'Full disks'
    about = (
        f'A training writes to a file system of {SIZE} in memory, which is '
        'filled to the last byte at a random moment. **Right**: it ends with '
        'one line and exit code 2 (or had written all), and when there is '
        'room again, the same command ends with the learned weights of an '
        'undisturbed run, to the bit. It takes the right to mount file '
        'systems; without it nothing is tried.'
    )
    remarks = {
        WRITTEN: 'of the trainings had written all when the disk was filled.'
    }
    kinds = {TRAINING: dict(tiny=1, reduced=6, full=30)}
    seconds = 400.0

    def cases(self, size: str) -> list[Case]:
        """None where file systems cannot be mounted."""
        return super().cases(size) if can_mount() else []

    def warm_up(self, shared: Path) -> None:
        """Import what the runs import."""
        warm_up(shared)

    def prepare(self, folder: Path) -> None:
        """Run a training undisturbed."""
        prepare(folder)

    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Fill the disk of a training, make room and start it again."""
        disk = folder / 'disk'
        disk.mkdir()
        _mount(disk)
        try:
            run = training(shared / 'world', folder, disk)
            wanted = weights_of(
                training(shared / 'world', shared / 'training')
            )
            process = run.start()
            wait_for_moment(rng, run, process, seconds_of(shared, TRAINING))
            _fill(disk / 'filler')
            code = wait(process)
            finding = judge_error(run.log, code)
            if code != 0 and finding.outcome is not Outcome.CLEAR_ERROR:
                return finding
            (disk / 'filler').unlink()
            said = finding.detail if code else WRITTEN
            finding = judge_end(run, run.finish(), wanted)
            return finding._replace(detail=f'{said}; {finding.detail}')
        finally:
            subprocess.run(['umount', '--lazy', disk], check=False)


def can_mount() -> bool:
    """Whether a process may have file systems of its own."""
    return (
        subprocess.run(
            ['unshare', '--mount', 'true'], capture_output=True, check=False
        ).returncode
        == 0
    )


def _mount(disk: Path) -> None:
    """In mounts of this process alone, which end with it."""
    if ctypes.CDLL(None, use_errno=True).unshare(NEW_MOUNTS):
        raise OSError(ctypes.get_errno(), 'unshare')
    for words in (
        ['--make-rprivate', '/'],
        ['-t', 'tmpfs', '-o', f'size={SIZE}', 'none', disk],
    ):
        subprocess.run(['mount', *words], check=True)


def _fill(file: Path) -> None:
    """Leave no byte."""
    size = BLOCK
    with file.open('wb', buffering=0) as opened:
        while size:
            try:
                if opened.write(bytes(size)) < size:
                    size //= 2
            except OSError:
                size //= 2
        time.sleep(0.01)
