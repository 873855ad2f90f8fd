"""Jobs in processes of their own, on this machine."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from queue import SimpleQueue

from vlprompt.cli.child import command_line
from vlprompt.threads import usable_cores

from ..logs import failure, position
from .executor import Call, JobFailed


class SubprocessExecutor:
    """Runs each job in a process of its own, or in several that share it.

    Args:
        slots: Jobs at a time.  If there are several and this machine has
            GPUs, each job sees only its share of them.
        processes: How many run a job together, each with a GPU if there are
            any; 0 for one without the distributed launcher.
        environment: Variables that the processes get in addition.
    """

    def __init__(
        self,
        slots: int = 1,
        processes: int = 0,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.slots = slots
        self.processes = processes
        self.environment = environment or {}
        self._threads = ThreadPoolExecutor(slots)
        self._running: set[subprocess.Popen] = set()
        self._cancelled = False
        self._devices: SimpleQueue[str | None] = SimpleQueue()

    def command(self, words: Sequence[str], alone: bool = False) -> list[str]:
        """The command line of the process."""
        if alone or not self.processes:
            return command_line(words)
        return command_line([*words, f'--gpus={self.processes}'])

    def submit(self, call: Call) -> Future[None]:
        """Run a command as soon as fewer than ``slots`` are running."""
        return self._threads.submit(self._run, call)

    def cancel(self) -> None:
        """End the processes."""
        self._cancelled = True
        for process in list(self._running):
            process.terminate()

    def __enter__(self) -> 'SubprocessExecutor':
        """Share the GPUs out."""
        gpus = visible_gpus() if self.slots > 1 else []
        for share in share_gpus(gpus, self.slots, self.processes):
            self._devices.put(share)
        return self

    def __exit__(self, *error: object) -> None:
        """Wait for the processes."""
        self._threads.shutdown()

    def _run(self, call: Call) -> None:
        devices = self._devices.get()
        try:
            code = self._call(call, self._environment(devices))
        finally:
            self._devices.put(devices)
        if code:
            raise JobFailed(failure(call.log))

    def _call(self, call: Call, environment: dict[str, str]) -> int:
        with (
            call.log.open('w') as log,
            subprocess.Popen(
                self.command(call.words, call.alone),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                errors='replace',
                env=environment,
                close_fds=False,  # it holds the lock of the folder, too
            ) as process,
        ):
            self._running.add(process)
            if self._cancelled:
                process.terminate()
            for line in process.stdout:
                log.write(line)
                if place := position(line):
                    call.report(place)
            code = process.wait()
            self._running.discard(process)
            return code

    def _environment(self, devices: str | None) -> dict[str, str]:
        environment = {**os.environ, **self.environment}
        if devices is not None:
            environment['CUDA_VISIBLE_DEVICES'] = devices
        if self.slots > 1:
            # Threads of several jobs on the same cores wait for each other.
            sharing = self.slots * max(1, self.processes)
            threads = max(1, usable_cores() // sharing)
            environment.setdefault('OMP_NUM_THREADS', str(threads))
        return environment


def visible_gpus() -> list[str]:
    """The GPUs that this process may use, as CUDA_VISIBLE_DEVICES has them."""
    given = os.environ.get('CUDA_VISIBLE_DEVICES')
    if given is not None:
        return [name.strip() for name in given.split(',') if name.strip()]
    import torch  # which takes a while

    return [str(i) for i in range(torch.cuda.device_count())]


def share_gpus(
    gpus: Sequence[str], slots: int, processes: int
) -> list[str | None]:
    """The GPUs of each of some jobs that run at a time.

    With fewer GPUs than they ask for, some jobs share theirs.

    Args:
        gpus: All GPUs.
        slots: Jobs at a time; a single one has all GPUs.
        processes: Of each job; 0 is one.

    Returns:
        What CUDA_VISIBLE_DEVICES is for each job, None for what it is now.
    """
    size = max(1, processes)
    starts = range(0, len(gpus) - size + 1, size)
    shares = [','.join(gpus[i : i + size]) for i in starts]
    if slots == 1 or not shares:
        return [None] * slots
    return [shares[i % len(shares)] for i in range(slots)]
