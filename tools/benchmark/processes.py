"""Section 5: two processes."""

from argparse import Namespace
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
import torch.distributed as dist
import torch.multiprocessing as mp
from torch.nn.parallel import DistributedDataParallel

from vlprompt.models.distributed import encode_sharded

from .measure import alternate
from .records import Job, Record, Section, less
from .sides import Ours, Setting, build_sides, make_batch

SECTION = Section(
    'Two processes',
    'On the CPU by gloo, one thread each. Texts: all classes in one process, '
    'beside half of them in each of two. Step: twice as many videos in one '
    'process, beside a half of them in each of two; 2 is ideal.',
    ('one process', 'two processes', 'ratio'),
)
WORLD = 2


def jobs(args: Namespace) -> list[Job]:
    """What to measure."""
    settings = [
        Setting(args.methods[0], c, t, size=args.size, videos=args.videos)
        for c in args.classes
        for t in args.frames
    ]
    return [Job(str(s), lambda s=s: _compare(s, args)) for s in settings]


def _compare(setting: Setting, args: Namespace) -> list[Record]:
    with TemporaryDirectory() as folder:
        mp.spawn(_work, (setting, args.repeats, folder), nprocs=WORLD)
        results = torch.load(Path(folder, 'results'), weights_only=True)
    return [
        less(f'{part}: {setting}', 's', *seconds)
        for part, seconds in results.items()
    ]


def _work(rank: int, setting: Setting, repeats: int, folder: str) -> None:
    torch.set_num_threads(1)
    ours: Ours = build_sides(setting)['ours'].module
    alone = _alone(ours, setting, repeats) if rank == 0 else None
    dist.init_process_group(
        'gloo',
        init_method=f'file://{folder}/rendezvous',
        rank=rank,
        world_size=WORLD,
    )
    texts = _texts(ours, rank, repeats)
    step = _step(ours, setting, repeats)
    if rank == 0:
        results = dict(texts=texts, step=(alone, step))
        torch.save(results, Path(folder, 'results'))
    dist.destroy_process_group()


def _alone(ours: Ours, setting: Setting, repeats: int) -> float:
    """Seconds of one process for what two will share."""
    double = setting._replace(videos=WORLD * setting.videos)
    inputs, labels = make_batch(double)
    run = dict(run=lambda: ours.loss(inputs, labels).backward())
    return alternate(run, repeats)['run']


def _texts(ours: Ours, rank: int, repeats: int) -> tuple[float, float]:
    """Seconds of one and of two processes, which take turns."""
    model = ours.model

    def learn(encode) -> None:
        texts = model.texts()
        prompts = model.prompts and model.prompts(texts.slots)['text']
        encode(texts, prompts).sum().backward()

    def alone() -> None:
        dist.barrier()
        if rank == 0:
            learn(model.text_encoder)

    def shared() -> None:
        dist.barrier()
        learn(lambda *x: encode_sharded(model.text_encoder, *x))

    seconds = alternate(dict(alone=alone, shared=shared), repeats)
    return seconds['alone'], seconds['shared']


def _step(ours: Ours, setting: Setting, repeats: int) -> float:
    """Seconds of two processes, each with its videos."""
    inputs, labels = make_batch(setting)
    module = DistributedDataParallel(_Loss(ours), find_unused_parameters=True)

    def run() -> None:
        dist.barrier()
        module(inputs, labels).backward()

    return alternate(dict(run=run), repeats)['run']


class _Loss(torch.nn.Module):
    """A side whose call is its loss, as DistributedDataParallel wants it."""

    def __init__(self, ours: Ours) -> None:
        super().__init__()
        self.ours = ours

    def forward(self, *batch: torch.Tensor) -> torch.Tensor:
        return self.ours.loss(*batch)
