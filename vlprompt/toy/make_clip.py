"""Pre-training of the small CLIP, and what is known of the result."""

import json
import platform
import time
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path

import open_clip
import torch
from mmengine.config import Config
from torch import nn

from vlprompt.file_digest import sha256_of
from vlprompt.shipped import find_config
from vlprompt.threads import usable_cores
from vlprompt.whole_files import write_text

from . import captions, pretrain, scenes, shapes, stills
from .check import zero_shot
from .clip_file import pack, unpack
from .files import CLIP, CLIP_REPORT, digest
from .pretrain import initialise, learn_images, learn_texts
from .progress import Display
from .schedule import Schedule
from .stills import draw_stills

ARCHITECTURE = '_base_/models/toy_clip.py'
NUM_HELD_OUT = 1000
SIDE = 64  # pixels of a still, as of a clip
PACKAGES = ('torch', 'open_clip_torch', 'numpy', 'opencv-python')


def make_clip(
    folder: Path, plan: Schedule, workers: int, display: Display
) -> None:
    """Pre-train a CLIP and write it, packed, with a report beside it.

    Args:
        folder: Of ``toy_clip.safetensors`` and ``toy_clip.json``.
        plan: How long and how fast it learns.
        workers: Processes that draw pictures.
        display: What shows how far it is.
    """
    start = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    report = folder / CLIP_REPORT
    report.unlink(missing_ok=True)
    clip = _learn(plan, workers, display)
    pack(clip.state_dict(), plan.seed, folder / CLIP)
    seconds = round(time.perf_counter() - start, 1)
    result = dict(
        sha256=sha256_of(folder / CLIP),
        zero_shot=measure(folder / CLIP, plan.seed, workers),
        pictures=NUM_HELD_OUT,
        schedule=asdict(plan),
        source=source_of(plan),
        seconds=seconds,
        threads=torch.get_num_threads(),
        processor=torch.backends.cpu.get_cpu_capability(),
        python=platform.python_version(),
        packages={name: version(name) for name in PACKAGES},
    )
    write_text(report, json.dumps(result, indent=2) + '\n')


def measure(
    path: Path, seed: int, workers: int | None = None
) -> dict[str, float]:
    """Zero-shot accuracies (0 to 1) of a packed file on unseen pictures."""
    clip = _build()
    clip.load_state_dict(unpack(path))
    seed += 10**6  # none of the pictures it has learned from
    workers = usable_cores() if workers is None else workers
    unseen = draw_stills(SIDE, _size(), NUM_HELD_OUT, seed, workers)
    return zero_shot(clip.eval(), unseen, open_clip.SimpleTokenizer())


def source_of(plan: Schedule) -> str:
    """A short name for the code and the numbers that a CLIP is made by."""
    modules = (captions, pretrain, scenes, shapes, stills)
    return digest(*modules, arch=_architecture(), side=SIDE, **asdict(plan))


def _learn(plan: Schedule, workers: int, display: Display) -> nn.Module:
    size, count = _size(), plan.num_stills
    with display.stage('draw still pictures', 'pictures'):
        pictures = draw_stills(SIDE, size, count, plan.seed, workers)
    torch.manual_seed(plan.seed)
    clip = _build()
    initialise(clip, plan.seed)
    with display.stage('train the image tower', 'steps') as stage:
        learn_images(clip, pictures, plan, stage)
    tokenizer = open_clip.SimpleTokenizer()
    with display.stage('train the text tower', 'steps') as stage:
        learn_texts(clip, pictures, tokenizer, plan, stage)
    return clip


def _build() -> nn.Module:
    return open_clip.CustomTextCLIP(**_architecture())


def _architecture() -> dict:
    config = Config.fromfile(find_config(ARCHITECTURE))
    return config.model.clip.arch.to_dict()


def _size() -> int:
    return _architecture()['vision_cfg']['image_size']
