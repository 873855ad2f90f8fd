"""What the quickstart says at its end."""

import json
import sys
from argparse import Namespace
from importlib.metadata import version

from rich.console import Console
from rich.table import Table

from vlprompt.tables import Table as Shown
from vlprompt.tables import harmonic_mean
from vlprompt.whole_files import write_text

from .closing import closing
from .files import CLIP_REPORT, META

PACKAGES = (
    'torch',
    'torchvision',
    'mmengine',
    'mmcv-lite',
    'mmaction2',
    'open_clip_torch',
    'numpy',
)

HEAD = ('Method', 'Base', 'Novel', 'HM')


def table_of(results: dict[str, dict]) -> dict[str, dict[str, float]]:
    """Top-1 of each method on base and novel classes, and their mean."""
    table = {}
    for method, metrics in results.items():
        row = {name: metrics[name]['acc/top1'] for name in ('base', 'novel')}
        table[method] = {**row, 'hm': harmonic_mean(row['base'], row['novel'])}
    return table


def write_report(
    args: Namespace,
    configs: dict[str, str],
    table: dict[str, dict],
    seconds: dict[str, float],
) -> None:
    """Write the numbers, what they are of, and with what."""
    parts = ('base', 'novel', 'hm')
    rows = [
        [method, *(f'{100 * row[part]:.1f}' for part in parts)]
        for method, row in table.items()
    ]
    shown = Shown(HEAD, rows, note='Top-1 in percent; HM: harmonic mean.')
    report = dict(
        protocol='demo',
        tables=[shown._asdict()],
        tests={
            f'test_{method}_on_{part}'.replace(' ', '_'): f'{method}, {part}'
            for part in ('base', 'novel')
            for method in table
        },
        results=table,
        seconds=seconds,
        configuration=dict(
            configs=configs,
            seed=args.seed,
            epochs=args.epochs,
            world=json.loads((args.data / META).read_text()),
            clip=json.loads((args.data / CLIP_REPORT).read_text()),
        ),
        versions={name: version(name) for name in PACKAGES},
        python=sys.version.split()[0],
    )
    path = args.out / 'report.json'
    write_text(path, json.dumps(report, indent=2) + '\n')


def show(
    console: Console,
    args: Namespace,
    table: dict[str, dict],
    seconds: dict[str, float],
    checkpoint: str,
) -> None:
    """Print the accuracies, how long it took, and what to do next."""
    shown = Table('top-1, %', 'Base', 'Novel', 'HM')
    for method, row in table.items():
        numbers = (f'{100 * row[k]:.1f}' for k in ('base', 'novel', 'hm'))
        shown.add_row(method, *numbers)
    times = Table('stage', 'seconds')
    for name, taken in seconds.items():
        times.add_row(name, f'{taken:.1f}')
    times.add_row('all', f'{sum(seconds.values()):.1f}')
    console.print(times)
    console.print(shown)
    text = closing(table, args.out, checkpoint)
    console.print(text, markup=False, highlight=False, soft_wrap=True)
