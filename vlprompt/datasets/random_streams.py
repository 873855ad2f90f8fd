"""Random numbers that depend on what is drawn for, not on who draws."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import torch


def seed_from(*key: int) -> int:
    """Non-negative integers to one 32-bit seed."""
    return int(np.random.SeedSequence(key).generate_state(1)[0])


@contextmanager
def seeded(*key: int) -> Iterator[None]:
    """Seed Python, NumPy and torch (CPU) from a key, and restore them after.

    Augmentations that draw from these become functions of the key, whatever
    the number of workers and processes.
    """
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    seed = seed_from(*key)
    random.seed(seed)
    np.random.seed(seed)
    torch.random.default_generator.manual_seed(seed)
    try:
        yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        torch.set_rng_state(states[2])


@contextmanager
def repeatable() -> Iterator[None]:
    """Have what follows draw the numbers that were drawn inside once more.

    Of Python, NumPy and torch, on the CPU and on this process's GPU.
    """
    states = random.getstate(), np.random.get_state()
    gpus = torch.cuda.is_available() and torch.cuda.is_initialized()
    devices = [torch.cuda.current_device()] if gpus else []
    with torch.random.fork_rng(devices):
        yield
    random.setstate(states[0])
    np.random.set_state(states[1])
