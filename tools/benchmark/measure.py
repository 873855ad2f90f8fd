"""Time, memory and operations of both sides."""

import multiprocessing
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.connection import Connection

import torch
from torch import Tensor
from torch.utils.flop_counter import FlopCounterMode

from .sides import Setting, Side, build_sides, make_batch

PRELOADED = ['vlprompt.apis', 'vlprompt.models', 'vlprompt.datasets']


def alternate(
    runs: dict[str, Callable[[], object]],
    repeats: int,
    device: str = 'cpu',
) -> dict[str, float]:
    """Median seconds of several runs that take turns.

    Each runs once before, to warm up; every other round is in reverse order.

    Args:
        runs: What to time.
        repeats: How often.
        device: Waited for, if it is a GPU.
    """
    for run in runs.values():
        run()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    order = list(runs.items())
    for _ in range(repeats):
        for name, run in order:
            seconds[name].append(seconds_of(run, device))
        order.reverse()
    return {name: statistics.median(s) for name, s in seconds.items()}


def seconds_of(run: Callable[[], object], device: str = 'cpu') -> float:
    """How long one run takes."""
    _wait(device)
    start = time.perf_counter()
    run()
    _wait(device)
    return time.perf_counter() - start


def count_flops(run: Callable[[], object]) -> int:
    """Operations of a run on tensors without values, attention included."""
    with FlopCounterMode(display=False) as counter:
        run()
    return counter.get_total_flops()


def peak_memory(setting: Setting, name: str) -> float:
    """MB that a training step takes on top of model and batch.

    On a GPU that of its tensors; on a CPU that of a process of its own, as
    the operating system has it (``ru_maxrss``).

    Args:
        setting: What is trained.
        name: Which side.
    """
    if setting.device.startswith('cuda'):
        return _peak_on_gpu(setting, name)
    context = multiprocessing.get_context('forkserver')
    context.set_forkserver_preload(PRELOADED)
    with ProcessPoolExecutor(1, mp_context=context) as pool:
        return pool.submit(_peak_of_process, setting, name).result()


def _peak_of_process(setting: Setting, name: str) -> float:
    """Build here, and step in a child.

    The highest use of a child begins with what is in use when it is made,
    so what building took for a moment is no part of it.
    """
    torch.set_num_threads(1)  # a child has no other threads
    small = setting._replace(size='tiny', videos=1)
    first = build_sides(small)[name], make_batch(small)
    sides = build_sides(setting)  # both stay: what is freed is used again
    ours, child = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context('fork').Process(
        target=_step, args=(child, first, sides[name], make_batch(setting))
    )
    process.start()
    child.close()  # so that a child that fails is no endless wait
    try:
        return ours.recv()
    finally:
        process.join()


def _step(
    pipe: Connection, first: tuple, side: Side, batch: tuple[Tensor, Tensor]
) -> None:
    # What the first products of any model load is no part of the step.
    small, (inputs, _) = first
    small.learn_video(inputs)
    before = _resident()
    side.step(*batch)
    pipe.send((_resident() - before) / 1e6)


def _resident() -> int:
    """Bytes of this process at their highest; not on Windows."""
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == 'darwin' else 1024 * peak


def _peak_on_gpu(setting: Setting, name: str) -> float:
    side: Side = build_sides(setting)[name]
    batch = make_batch(setting)
    torch.cuda.reset_peak_memory_stats(setting.device)
    before = torch.cuda.memory_allocated(setting.device)
    side.step(*batch)
    peak = torch.cuda.max_memory_allocated(setting.device)
    return (peak - before) / 1e6


def _wait(device: str) -> None:
    if device.startswith('cuda'):
        torch.cuda.synchronize(device)
