"""What a model makes of all videos of a list, in all processes."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from mmengine.dataset import DefaultSampler
from mmengine.dist import (
    broadcast_object_list,
    collect_results,
    get_world_size,
    is_main_process,
)
from mmengine.runner import Runner
from rich.progress import track
from torch import Tensor, nn
from torch.utils.data import DataLoader

from ..hooks.epoch_seed_hook import data_sets
from ..unwrap import unwrap


@torch.no_grad()
def encode_videos(
    runner: Runner,
    loader: DataLoader,
    encode: Callable[[nn.Module, Tensor, list], Tensor],
    epoch: int,
    title: str,
) -> tuple[Tensor, Tensor]:
    """N videos to (N, ...) of whatever, in the order of the list.

    What is drawn depends on the seed of the run, the epoch and the place in
    the list, so the processes and their workers do not matter.

    Args:
        runner: Of the model, which is left in the mode that it is in.
        loader: Says what is read, and how many at a time.
        encode: The model, inputs and samples to a (B, ...) tensor.
        epoch: Of what is drawn.
        title: Shown with the progress.

    Returns:
        What was encoded and the (N,) labels, on the CPU.
    """
    model = unwrap(runner.model)
    training = model.training
    model.eval()
    rows: list[tuple[Tensor, int]] = []
    with _drawing(loader.dataset, runner.seed, epoch):
        batches = track(
            _in_order(loader), title, disable=not is_main_process()
        )
        for batch in batches:
            data = model.data_preprocessor(batch, False)
            inputs, samples = data['inputs'], data['data_samples']
            with model.autocast(inputs.device):
                encoded = encode(model, inputs, samples).float().cpu()
            labels = [int(sample.gt_label) for sample in samples]
            rows += zip(encoded, labels, strict=True)
    model.train(training)
    everything = [collect_results(rows, len(loader.dataset), 'cpu')]
    if get_world_size() > 1:
        broadcast_object_list(everything)
    encoded, labels = zip(*everything[0], strict=True)
    return torch.stack(encoded), torch.tensor(labels)


def _in_order(loader: DataLoader) -> DataLoader:
    """The same list from its start to its end."""
    workers = loader.num_workers
    return DataLoader(
        loader.dataset,
        loader.batch_size,
        sampler=DefaultSampler(loader.dataset, shuffle=False),
        num_workers=workers,
        collate_fn=loader.collate_fn,
        timeout=loader.timeout if workers else 0,
        worker_init_fn=loader.worker_init_fn,
    )


@contextmanager
def _drawing(dataset: Any, seed: int, epoch: int) -> Iterator[None]:
    """Have data sets draw as in an epoch, and refuse broken videos.

    Another video in the place of a broken one would be counted twice.
    """
    parts = [p for p in data_sets(dataset) if hasattr(p, 'on_broken')]
    before = [(p.seed, p.epoch, p.on_broken) for p in parts]
    for part in parts:
        part.seed, part.epoch, part.on_broken = seed, epoch, 'raise'
    try:
        yield
    finally:
        for part, values in zip(parts, before, strict=True):
            part.seed, part.epoch, part.on_broken = values
