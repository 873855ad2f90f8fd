"""What PyTorch says of memory, GPUs, workers and processes, as one line."""

import errno
import os
import re
import sys

from vlprompt.errors import last_line
from vlprompt.system_messages import LINES, OUT_OF_MEMORY

OUT_OF_GPU_MEMORY = (
    'out of GPU memory: use a smaller batch_size (with accumulative_counts of '
    'the optim_wrapper for the same updates), --amp or '
    'model.backbone.checkpoint'
)
NO_GPU = (
    'a GPU is asked for and PyTorch sees none: CUDA_VISIBLE_DEVICES is '
    '{devices}, PyTorch {build}'
)
SHARED_MEMORY = (
    'the shared memory of the data loader (/dev/shm) is full: use fewer '
    'workers (num_workers) or a smaller batch_size, or give a container more '
    '(docker run --shm-size)'
)
KILLED_WORKER = (
    'a worker of the data loader was ended from outside ({how}), most likely '
    'for want of memory: use fewer workers (num_workers)'
)
SLOW_WORKER = (
    'the workers of the data loader gave nothing within {seconds} s (timeout '
    'of the dataloader): the drive of the videos does not answer, or a '
    'worker hangs'
)
LOST_PROCESS = (
    'the connection to another process is lost: that one has ended or does '
    'not answer; its own output says why'
)
# Messages of errors that have no type of their own.
GPU_MEMORY = re.compile(r'CUDA out of memory|_STATUS_ALLOC_FAILED|CUDA error: '
                        r'out of memory')  # fmt: skip
HIDDEN_GPU = re.compile(
    r'No CUDA GPUs are available|Found no NVIDIA driver|not compiled with '
    r'CUDA|invalid device ordinal|no CUDA-capable device|on a CUDA device but '
    r'torch.cuda.is_available|NVIDIA driver on your system'
)
MEMORY = re.compile(
    r'DefaultCPUAllocator|not enough memory: you tried to allocate'
)
SHARED = re.compile(r'</?torch_\S+>.*?(?:\((\d+)\)|$)|Bus error')
ENDED_WORKER = re.compile(
    r'DataLoader worker \(pid\S* .*?(?:by signal: (\w+)|(exited unexpectedly))'
)
TIMED_OUT = re.compile(r'DataLoader timed out after (\S+) seconds')
DESCRIPTORS = re.compile(r'received 0 items of ancdata|Too many open files')
NETWORK = re.compile(r'gloo|NCCL|\[c10d|TCPStore|ProcessGroup', re.I)
PORT = re.compile(r'EADDRINUSE|address already in use', re.I)


def torch_line(error: BaseException) -> str | None:
    """The line for an error of PyTorch that a user can fix, else None."""
    torch = sys.modules.get('torch')
    if torch is None or not isinstance(error, RuntimeError | AssertionError):
        return None
    text = last_line(error)
    if isinstance(error, torch.OutOfMemoryError) or GPU_MEMORY.search(text):
        return OUT_OF_GPU_MEMORY
    if HIDDEN_GPU.search(text):
        return no_gpu_line()
    if isinstance(error, AssertionError):
        return None
    return _memory_line(text) or _network_line(error, text)


def no_gpu_line() -> str:
    """What is said where a GPU is asked for and none is visible."""
    import torch

    devices = os.environ.get('CUDA_VISIBLE_DEVICES')
    version = torch.version.cuda
    return NO_GPU.format(
        devices='not set' if devices is None else repr(devices),
        build=f'is built for CUDA {version}'
        if version
        else 'is the CPU build (pytorch.org says how to install another)',
    )


def _memory_line(text: str) -> str | None:
    """Of memory and of the workers of a data loader."""
    if MEMORY.search(text):
        return OUT_OF_MEMORY
    if DESCRIPTORS.search(text):
        return LINES[errno.EMFILE]
    if SHARED.search(text):
        return SHARED_MEMORY
    if match := ENDED_WORKER.search(text):
        return KILLED_WORKER.format(how=match[1] or match[2])
    if match := TIMED_OUT.search(text):
        return SLOW_WORKER.format(seconds=match[1])
    return None


def _network_line(error: BaseException, text: str) -> str | None:
    """Of processes that work together."""
    distributed = sys.modules['torch'].distributed
    known = getattr(distributed, 'DistError', ())
    if not isinstance(error, known) and not NETWORK.search(text):
        return None
    return LINES[errno.EADDRINUSE] if PORT.search(text) else LOST_PROCESS
