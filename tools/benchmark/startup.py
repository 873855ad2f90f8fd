"""Section 4: start-up, and checkpoints."""

import io
import subprocess
import sys
from argparse import Namespace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from torch import Tensor

from .measure import alternate
from .records import Job, Record, Section, less
from .sides import ROOT, Setting, build_sides

SECTION = Section(
    'Start-up and checkpoints',
    'A Python that imports the library, beside one that imports torch alone; '
    'one that imports the library and loads a config, beside one that imports '
    'MMAction2 and registers its parts, whole and less the import of torch; '
    'the weights that a checkpoint holds, beside all weights of the model.',
)
TORCH = 'import torch'
IMPORTS = ('import vlprompt.models', 'import vlprompt.apis')
LOAD = """
import vlprompt
from vlprompt.apis import load_config
load_config('configs/vilt/vilt_b16_k400.py')
"""
# Without this library's remedies MMAction2 cannot be imported.
REGISTER = """
import vlprompt
from mmaction.utils import register_all_modules
register_all_modules()
"""


def jobs(args: Namespace) -> list[Job]:
    """What to measure."""
    imports = [
        Job(line, lambda line=line: _import(line, args)) for line in IMPORTS
    ]
    if args.size != 'full':
        imports = imports[:1]
    return [
        *imports,
        Job('load a config', lambda: _load_config(args)),
        *(Job(f'checkpoint of {m}', lambda m=m: _checkpoint(m, args))
          for m in args.methods),
    ]  # fmt: skip


def _import(line: str, args: Namespace) -> list[Record]:
    runs = dict(plain=partial(_python, TORCH), ours=partial(_python, line))
    seconds = alternate(runs, args.repeats)
    return [less(f'{line}, beside import torch', 's', **seconds)]


def _load_config(args: Namespace) -> list[Record]:
    lines = dict(torch=TORCH, plain=REGISTER, ours=LOAD)
    runs = {name: partial(_python, text) for name, text in lines.items()}
    seconds = alternate(runs, args.repeats)
    torch_alone = seconds.pop('torch')
    what = 'import vlprompt and load a config, beside MMAction2'
    added = {name: time - torch_alone for name, time in seconds.items()}
    return [
        less(what, 's', **seconds),
        less(f'{what}, less import torch', 's', **added),
    ]


def _python(line: str) -> None:
    subprocess.run([sys.executable, '-c', line], check=True, cwd=ROOT)


def _checkpoint(method: str, args: Namespace) -> list[Record]:
    setting = Setting(method, min(args.classes), 8, size=args.size)
    sides = build_sides(setting)
    states = dict(
        plain=sides['plain'].module.state_dict(),
        ours=sides['ours'].module.model.state_dict(),
    )
    with TemporaryDirectory() as folder:
        runs = {
            name: partial(torch.save, state, Path(folder, name))
            for name, state in states.items()
        }
        seconds = alternate(runs, args.repeats)
    sizes = {name: _megabytes(state) for name, state in states.items()}
    return [
        less(f'checkpoint: {method}, {args.size} size', 'MB', **sizes),
        less(f'saving it: {method}', 's', **seconds),
    ]


def _megabytes(state: dict[str, Tensor]) -> float:
    file = io.BytesIO()
    torch.save(state, file)
    return file.tell() / 1e6
