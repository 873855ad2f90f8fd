"""The whole job in the toy world: ``vlprompt demo``.

Makes the toy world and its CLIP, trains ViLT-CLIP on the base classes, and
evaluates vanilla CLIP and ViLT-CLIP on base and novel classes.  What is there
from an earlier run is used again.
"""

import hashlib
import json
import os
import pickle
import subprocess
import sys
import time
from argparse import Namespace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from vlprompt.cli.child import command_line
from vlprompt.errors import UserError
from vlprompt.shipped import config_folder, find_config

from .configs import data_options

VILT, CLIP = 'vilt/vilt_toy.py', 'clip/clip_toy.py'
PACKAGES = (
    'torch',
    'torchvision',
    'mmengine',
    'mmcv-lite',
    'mmaction2',
    'open_clip_torch',
    'decord',
    'numpy',
)
SHOWN = 8  # clips on the contact sheet


class Stages:
    """Commands whose results are kept: one process and log for each.

    Args:
        out: Folder of the logs and of ``stages.json``.
        force: Whether earlier results are forgotten.
    """

    def __init__(self, out: Path, force: bool) -> None:
        self.out = out
        self.file = out / 'stages.json'
        (out / 'logs').mkdir(parents=True, exist_ok=True)
        known = self.file.is_file() and not force
        self.done = json.loads(self.file.read_text()) if known else {}

    def run(self, name: str, key: Any, *command: str) -> bool:
        """Run a stage unless it was run for the same key.

        Returns:
            Whether it was run now.
        """
        digest = hashlib.sha256(repr((key, command)).encode()).hexdigest()
        if self.done.get(name, {}).get('key') == digest:
            print(f'{name}: as before', flush=True)
            return False
        print(f'{name} ...', flush=True)
        start = time.perf_counter()
        self._call(name, command)
        seconds = round(time.perf_counter() - start, 1)
        self.done[name] = dict(key=digest, seconds=seconds)
        self.file.write_text(json.dumps(self.done, indent=2))
        return True

    def _call(self, name: str, command: tuple[str, ...]) -> None:
        log = self.out / 'logs' / f'{name.replace(" ", "_")}.log'
        with log.open('w') as file:
            code = subprocess.call(
                command_line(command),
                stdout=file,
                stderr=subprocess.STDOUT,
                env={'OMP_NUM_THREADS': threads(), **os.environ},
            )
        if code:
            lines = log.read_text().splitlines()[-10:]
            print('\n'.join(lines), file=sys.stderr)
            raise UserError(f'{name!r} failed; its log is {log}')


def threads() -> str:
    """As many threads as there are idle cores.

    More of them wait for each other: next to another program that uses one
    of two cores, two threads took five times as long as one.
    """
    return str(max(1, round(os.cpu_count() - os.getloadavg()[0])))


def _data_flags(*args: Any) -> list[str]:
    return [f'{key}={value}' for key, value in data_options(*args).items()]


def train(stages: Stages, args: Namespace, key: Any) -> Path:
    """Train ViLT-CLIP on the base classes; returns the checkpoint."""
    folder = args.out / 'vilt'
    checkpoint = folder / f'epoch_{args.epochs}.pth'
    if not checkpoint.is_file():
        stages.done.pop('train ViLT-CLIP', None)
    stages.run(
        'train ViLT-CLIP',
        key,
        'train',
        find_config(VILT),
        f'--work-dir={folder}',
        f'--seed={args.seed}',
        '--cfg-options',
        f'model.clip.pretrained={args.data}/toy_clip.safetensors',
        f'train_cfg.max_epochs={args.epochs}',
        f'train_cfg.val_interval={args.epochs}',
        f'default_hooks.checkpoint.interval={args.epochs}',
        *_data_flags(args.data, 'train', 'base', 'train'),
        *_data_flags(args.data, 'val', 'base', 'val'),
    )
    return checkpoint


def evaluate(
    stages: Stages, args: Namespace, key: Any, method: str, classes: str
) -> dict[str, float]:
    """Evaluate a method on base or novel classes; returns the metrics."""
    config = VILT if method == 'ViLT-CLIP' else CLIP
    name = f'test {method} on {classes}'
    folder = args.out / name.replace(' ', '_')
    checkpoint = 'none'
    if method == 'ViLT-CLIP':
        checkpoint = str(args.out / 'vilt' / f'epoch_{args.epochs}.pth')
    if not (folder / 'predictions.pkl').is_file():
        stages.done.pop(name, None)
    stages.run(
        name,
        key,
        'test',
        find_config(config),
        checkpoint,
        f'--work-dir={folder}',
        f'--dump={folder}/predictions.pkl',
        '--cfg-options',
        f'model.clip.pretrained={args.data}/toy_clip.safetensors',
        *_data_flags(args.data, 'test', classes, 'val'),
    )
    logs = sorted(folder.glob('*/*.json'))
    return json.loads(logs[-1].read_text())


def show(results: dict[str, dict], stages: Stages) -> None:
    """Print the accuracies, and how long everything took."""
    table = Table('top-1, %', 'Base', 'Novel', 'HM')
    for method, row in results.items():
        numbers = (f'{100 * row[k]:.1f}' for k in ('base', 'novel', 'hm'))
        table.add_row(method, *numbers)
    times = Table('stage', 'seconds')
    for name, stage in stages.done.items():
        times.add_row(name, f'{stage["seconds"]:.1f}')
    total = sum(stage['seconds'] for stage in stages.done.values())
    times.add_row('all', f'{total:.1f}')
    console = Console()
    console.print(times)
    console.print(table)


def write_report(args: Namespace, results: dict, stages: Stages) -> None:
    """Write the numbers, what they are of, and with what."""
    report = dict(
        results=results,
        seconds={n: s['seconds'] for n, s in stages.done.items()},
        configuration=dict(
            train=VILT,
            vanilla=CLIP,
            seed=args.seed,
            epochs=args.epochs,
            world=json.loads((args.data / 'meta.json').read_text()),
            clip=json.loads((args.data / 'toy_clip.json').read_text()),
        ),
        versions={name: version(name) for name in PACKAGES},
        python=sys.version.split()[0],
    )
    path = args.out / 'report.json'
    path.write_text(json.dumps(report, indent=2) + '\n')


def draw(args: Namespace) -> None:
    """Draw some clips of the novel classes with ViLT-CLIP's predictions."""
    from vlprompt.datasets import load_class_names
    from vlprompt.visualization import draw_contact_sheet

    dump = args.out / 'test_ViLT-CLIP_on_novel/predictions.pkl'
    with dump.open('rb') as file:
        predictions = pickle.load(file)
    step = max(1, len(predictions) // SHOWN)
    draw_contact_sheet(
        predictions[step // 2 :: step][:SHOWN],
        load_class_names(args.data / 'novel_labels.csv'),
        args.out / 'predictions.png',
        'ViLT-CLIP on classes it was not trained on',
    )


def run(args: Namespace) -> None:
    """Run what is missing, and report."""
    from vlprompt.tables import harmonic_mean

    stages = Stages(args.out, args.force)
    flags = [f'--{flag}' for flag in args.world]
    made = [args.data / 'meta.json', args.data / 'toy_clip.json']
    if not all(path.is_file() for path in made):
        stages.done.pop('make the toy world', None)
    stages.run(
        'make the toy world',
        None,
        'toy',
        'world',
        f'--root={args.data}',
        *flags,
    )
    folder = config_folder()
    configs = [*folder.glob('*/*toy*'), *folder.glob('*/*/*toy*')]
    key = [path.read_text() for path in (*made, *sorted(configs))]
    checkpoint = train(stages, args, key)
    key = (key, checkpoint.stat().st_mtime)
    results = {}
    for method in ('vanilla CLIP', 'ViLT-CLIP'):
        row = {
            classes: evaluate(stages, args, key, method, classes)['acc/top1']
            for classes in ('base', 'novel')
        }
        row['hm'] = harmonic_mean(row['base'], row['novel'])
        results[method] = row
    write_report(args, results, stages)
    draw(args)
    show(results, stages)
    print(f'Wrote {args.out}/report.json and {args.out}/predictions.png')
