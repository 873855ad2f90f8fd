"""Runs that leave no state behind."""

import gc
import logging
import os
import random
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import numpy as np
import torch
from mmengine.logging import MessageHub, MMLogger
from mmengine.registry import DefaultScope
from mmengine.visualization import Visualizer

MANAGERS = (DefaultScope, MessageHub, MMLogger, Visualizer)


@contextmanager
def isolated() -> Iterator[None]:
    """Restore what a run of MMEngine changes for the whole process.

    Those are its loggers, visualizers and scopes, the environment, the
    states of random numbers, and how PyTorch computes.  What has been
    registered stays, as the modules stay that have been imported.
    """
    with ExitStack() as stack:
        stack.callback(_free_memory)
        for restore in (_managers, _environment, _randomness, _torch):
            stack.enter_context(restore())
        yield


def _free_memory() -> None:
    gc.collect()
    if torch.cuda.is_initialized():
        torch.cuda.empty_cache()


@contextmanager
def _managers() -> Iterator[None]:
    """The run has none of the instances that there are, and leaves none."""
    before = [dict(manager._instance_dict) for manager in MANAGERS]
    for manager in MANAGERS:
        manager._instance_dict.clear()
    try:
        yield
    finally:
        for logger in MMLogger._instance_dict.values():
            for handler in logger.handlers:
                if isinstance(handler, logging.FileHandler):
                    handler.close()
        for manager, instances in zip(MANAGERS, before, strict=True):
            manager._instance_dict.clear()
            manager._instance_dict.update(instances)


@contextmanager
def _environment() -> Iterator[None]:
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


@contextmanager
def _randomness() -> Iterator[None]:
    states = random.getstate(), np.random.get_state()
    devices = range(torch.cuda.device_count())
    with torch.random.fork_rng(devices):
        try:
            yield
        finally:
            random.setstate(states[0])
            np.random.set_state(states[1])


@contextmanager
def _torch() -> Iterator[None]:
    cudnn = torch.backends.cudnn
    before = cudnn.benchmark, cudnn.deterministic, torch.get_num_threads()
    exact = torch.are_deterministic_algorithms_enabled()
    try:
        yield
    finally:
        cudnn.benchmark, cudnn.deterministic, threads = before
        torch.set_num_threads(threads)
        torch.use_deterministic_algorithms(exact)
