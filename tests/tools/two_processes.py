"""A command in two processes, without the start of interpreters."""

import multiprocessing
import os
import socket
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

from vlprompt.cli.common import run_command
from vlprompt.jobs.executors.isolation import isolated

LIMIT = 300  # seconds


def run_two(
    main: Callable, folder: Path, *words: object, code: int = 0
) -> list[str]:
    """Run a command in two copies of this process, as torchrun does.

    Args:
        main: The command; it is given ``--launcher pytorch`` as well.
        folder: What the processes print goes to ``0.txt`` and ``1.txt``.
        words: Its command line.
        code: How both must end.

    Returns:
        What each has printed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    line = [*map(str, words), '--launcher', 'pytorch']
    with socket.create_server(('127.0.0.1', 0)) as server:
        port = str(server.getsockname()[1])
    context = multiprocessing.get_context('fork')
    processes = []
    for rank in range(2):
        place = dict(
            RANK=str(rank),
            LOCAL_RANK=str(rank),
            WORLD_SIZE='2',
            MASTER_ADDR='127.0.0.1',
            MASTER_PORT=port,
        )
        log = folder / f'{rank}.txt'
        work = partial(_work, partial(main, line), place, log)
        processes.append(context.Process(target=work))
    for process in processes:
        process.start()
    for process in processes:
        process.join(LIMIT)
    codes = [process.exitcode for process in processes]
    for process in processes:
        process.kill()
    logs = [(folder / f'{rank}.txt').read_text() for rank in range(2)]
    assert codes == [code, code], '\n'.join(logs)
    return logs


def _work(command: Callable, place: dict, log: Path) -> None:
    os.environ.update(place)
    sys.stdout = sys.stderr = log.open('w', buffering=1)
    for stream in (1, 2):
        os.dup2(sys.stdout.fileno(), stream)
    with isolated():
        run_command(command)
