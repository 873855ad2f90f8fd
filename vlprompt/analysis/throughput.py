"""How many views a model takes in a second."""

import sys
import time
from typing import NamedTuple

import torch
from rich.progress import track
from torch import nn

from vlprompt.errors import UserError

from .complexity import forward_view

DTYPES = ('float32', 'bfloat16', 'float16')
WARM_UP = 10


class Throughput(NamedTuple):
    """What was timed, and how fast it was.

    Attributes:
        device: Its name.
        dtype: ``'float32'``, or that of autocast.
        batch_size: Views in a batch.
        frames: T.
        iterations: Batches that were timed.
        views_per_second: Views over seconds.
        ms_per_view: Milliseconds over views.
        peak_memory_mb: At most in use, in MB of 10^6 bytes: tensors on a
            GPU, on a CPU the whole process with what it loaded before.
            None on Windows, which does not tell.
    """

    device: str
    dtype: str
    batch_size: int
    frames: int
    iterations: int
    views_per_second: float
    ms_per_view: float
    peak_memory_mb: float | None


@torch.no_grad()
def measure_throughput(
    model: nn.Module,
    shape: tuple[int, ...],
    batch_size: int = 8,
    iterations: int = 50,
    dtype: str = 'float32',
) -> Throughput:
    """Time the forward of random views that are on the device already.

    Class texts are encoded in the warm-up and not again.

    Args:
        model: A recognizer in evaluation mode, on the device to be timed.
        shape: Of one view.
        batch_size: Views at a time.
        iterations: Batches to time, after 10 to warm up.
        dtype: One of ``DTYPES``; other than fp32 by autocast.

    Raises:
        UserError: If a number is below 1 or the dtype is unknown.
    """
    if min(batch_size, iterations) < 1 or dtype not in DTYPES:
        raise UserError(
            f'batch size {batch_size}, {iterations} iterations, {dtype}: '
            f'expected numbers from 1 on and one of {", ".join(DTYPES)}'
        )
    device = next(model.parameters()).device
    inputs = torch.randn(batch_size, *shape[1:], device=device)
    low = dtype != 'float32'
    with torch.autocast(device.type, getattr(torch, dtype), enabled=low):
        for _ in range(WARM_UP):
            forward_view(model, inputs)
        _reset_peak(device)
        seconds = 0.0
        for _ in track(range(iterations), 'batches', transient=True):
            _wait(device)
            start = time.perf_counter()
            forward_view(model, inputs)
            _wait(device)
            seconds += time.perf_counter() - start
    views = batch_size * iterations
    return Throughput(
        _name(device),
        dtype,
        batch_size,
        shape[3] if len(shape) == 6 else shape[1],
        iterations,
        views / seconds,
        1000 * seconds / views,
        _peak(device),
    )


def _wait(device: torch.device) -> None:
    if device.type == 'cuda':
        torch.cuda.synchronize(device)


def _reset_peak(device: torch.device) -> None:
    if device.type == 'cuda':
        torch.cuda.reset_peak_memory_stats(device)


def _peak(device: torch.device) -> float | None:
    if device.type == 'cuda':
        return torch.cuda.max_memory_allocated(device) / 1e6
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts in kilobytes, macOS in bytes.
    return peak * (1 if sys.platform == 'darwin' else 1024) / 1e6


def _name(device: torch.device) -> str:
    if device.type == 'cuda':
        return torch.cuda.get_device_name(device)
    return f'{device.type}, {torch.get_num_threads()} threads'
