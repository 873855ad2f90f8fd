"""How to train on this machine: frames, batch, epochs, workers, precision."""

import json
import os
from math import ceil
from pathlib import Path
from typing import NamedTuple

import torch

from vlprompt.hardware import has_bf16
from vlprompt.threads import usable_cores
from vlprompt.whole_files import write_text

# Of a frame of ViT-B/16 in training, as counted for the documentation.
MIB = dict(fp32=79, amp=47)
SHARE = 0.6  # of the free memory: the rest is for weights, texts, peaks
FRAMES = dict(cuda=16, cpu=8)
BATCH = dict(cuda=16, cpu=8)
STEPS = 400  # that prompts learn in
EPOCHS = (4, 50)
WORKERS = 8
MEMINFO = Path('/proc/meminfo')  # of Linux, in KiB


class Machine(NamedTuple):
    """What there is to train on.

    Attributes:
        device: ``'cuda'`` or ``'cpu'``.
        name: What one calls it.
        free_mib: Memory that is free.
        cores: That this process may use.
        bf16: Whether it computes in bf16.
    """

    device: str
    name: str
    free_mib: int
    cores: int
    bf16: bool


class Plan(NamedTuple):
    """How to train.

    Attributes:
        frames: Of a clip.
        batch: Clips of a step.
        epochs: Times that each video is seen.
        workers: Processes that read videos.
        amp: Whether in mixed precision.
        why: A line for each of these.
    """

    frames: int
    batch: int
    epochs: int
    workers: int
    amp: bool
    why: tuple[str, ...]


def this_machine() -> Machine:
    """The first GPU, or the processor."""
    cores = usable_cores()
    if torch.cuda.is_available():
        free, _ = torch.cuda.mem_get_info()
        name = torch.cuda.get_device_name()
        bf16 = has_bf16('cuda')
        return Machine('cuda', name, free >> 20, cores, bf16)
    return Machine('cpu', 'the processor', _free(), cores, has_bf16('cpu'))


def as_before(machine: Machine, folder: Path) -> Machine:
    """The machine as the same one was when a folder was first trained on.

    What is free changes from call to call; another batch for it would be
    another training.

    Args:
        machine: As it is now.
        folder: Of the results, where it is kept.
    """
    file = folder / 'machine.json'
    try:
        known = Machine(**json.loads(file.read_text()))
    except (OSError, ValueError, TypeError):  # none, or changed by hand
        known = None
    if known and known._replace(free_mib=machine.free_mib) == machine:
        return known
    write_text(file, json.dumps(machine._asdict()))
    return machine


def choose(
    machine: Machine,
    videos: int,
    frames: int,
    is_small: bool,
    batch: int | None = None,
    epochs: int | None = None,
) -> Plan:
    """Choose what was not given.

    Args:
        machine: See :func:`this_machine`.
        videos: To train on.
        frames: Of the method.
        is_small: Whether the towers are smaller than those of ViT-B/16, for
            which memory and precision do not matter.
        batch: Given by the user.
        epochs: Given by the user.
    """
    amp = machine.device == 'cuda' or (machine.bf16 and not is_small)
    taken = min(frames, FRAMES[machine.device])
    batch, why_batch = _batch(machine, videos, taken, amp, is_small, batch)
    epochs, why_epochs = _epochs(videos, batch, epochs)
    free = machine.cores - (machine.device == 'cuda')
    shared = free if machine.device == 'cuda' else machine.cores // 2
    workers = max(1, min(WORKERS, shared))
    why = (
        f'{taken} frames of a clip: {_why_frames(machine, frames, taken)}',
        f'{batch} clips a step: {why_batch}',
        f'{epochs} epochs: {why_epochs}',
        f'{workers} worker{"s" if workers > 1 else ""}: {machine.cores} cores'
        + ('' if machine.device == 'cuda' else ', half of them to compute'),
        f'{_precision(machine, amp, is_small)}, on {machine.name}',
    )
    return Plan(taken, batch, epochs, workers, amp, why)


def _batch(
    machine: Machine,
    videos: int,
    frames: int,
    amp: bool,
    is_small: bool,
    given: int | None,
) -> tuple[int, str]:
    if given is not None:
        return given, 'as given'
    need = MIB['amp' if amp else 'fp32'] * frames
    room = max(1, int(SHARE * machine.free_mib / need))
    if is_small:
        room = BATCH[machine.device]
    batch = min(BATCH[machine.device], room, max(2, videos // 4))
    batch = 1 << (batch.bit_length() - 1)
    if batch <= room < BATCH[machine.device]:
        gib = machine.free_mib / 1024
        return batch, f'{need} MiB each, and {gib:.0f} GiB are free'
    if videos // 4 < BATCH[machine.device]:
        return batch, f'there are {videos} videos'
    return batch, 'more would make fewer, larger steps'


def _epochs(videos: int, batch: int, given: int | None) -> tuple[int, str]:
    if given is not None:
        return given, 'as given'
    steps = ceil(videos / batch)
    least, most = EPOCHS
    epochs = min(most, max(least, ceil(STEPS / steps)))
    return epochs, f'{epochs * steps} steps, {steps} for {videos} videos'


def _why_frames(machine: Machine, frames: int, taken: int) -> str:
    if taken == frames:
        return "the method's"
    where = 'a GPU' if machine.device == 'cuda' else 'a processor'
    return f"in place of the method's {frames}, to be fast enough on {where}"


def _precision(machine: Machine, amp: bool, is_small: bool) -> str:
    if amp:
        return 'bf16' if machine.bf16 else 'fp16, as there is no bf16'
    if is_small:
        return 'fp32, as the model is small'
    return 'fp32, as there is no bf16'


def _free() -> int:
    """MiB that programs can have, with what only caches files on Linux."""
    try:
        lines = MEMINFO.read_text().splitlines()
        facts = dict(line.split()[:2] for line in lines)
        return int(facts['MemAvailable:']) >> 10
    except (OSError, KeyError, ValueError):  # another system
        pass
    try:
        pages = os.sysconf('SC_AVPHYS_PAGES')
        return pages * os.sysconf('SC_PAGE_SIZE') >> 20
    except (ValueError, OSError, AttributeError):  # not on every system
        return 8 << 10
