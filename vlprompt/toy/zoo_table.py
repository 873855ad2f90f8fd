"""The table of ``vlprompt toy zoo``."""

import json
from pathlib import Path
from statistics import mean, median

HEAD = (
    '| method | sees order | learnt | all: base | novel | HM | blind: base '
    '| novel | HM | ordered: base | novel | HM | direction: base | novel '
    '| seconds |'
)
INTRO = """# Every system in the toy world

Made by `{command}`; do not edit.

Every method has the same budget: 12 epochs on the 24 base classes of the
[toy world](toy_world.md), batch 8, 8 frames; learning rates as in the
configs, those of the temporal poolers chosen by the base accuracy of seed 0.
Top-1 in percent, mean of {seeds}, on 192 clips of base and of novel
classes each. *Blind* are the classes whose motion the set of frames tells,
*ordered* those of which two differ in the order of frames alone, half of the
clips each. *Direction* is how often, among the ordered, the true class scores
higher than the same object in the reversed motion: 50 is a guess. *Learnt* is
the number of trainable parameters. Seconds are the processor's for training
on one thread, without reading the videos, median of the seeds. A linear head
says nothing about novel classes.
"""


def make_table(out: Path, seeds: list[int], systems: dict) -> str:
    """The results of all seeds as a Markdown table."""
    lines = [HEAD, '|' + '---|' * (HEAD.count('|') - 1)]
    for name, (config, ordered) in systems.items():
        folder = out / Path(config).stem
        own = seeds if config != 'clip/clip_toy' else seeds[:1]
        runs = [
            json.loads((folder / f'seed{s}/results.json').read_text())
            for s in own
        ]
        cells = [name, 'yes' if ordered else 'no', f'{runs[0]["learnt"]:,}']
        for part in ('all', 'blind', 'ordered'):
            cells += _three([_row(run, part) for run in runs])
        cells += _three([_row(run, 'direction') for run in runs])[:2]
        cells.append(f'{median(run["seconds"] for run in runs):.0f}')
        lines.append('| ' + ' | '.join(cells) + ' |')
    return '\n'.join(lines) + '\n'


def _row(run: dict, part: str) -> list[float | None]:
    """Base, novel and their harmonic mean."""
    base = run['base'][part]
    if 'novel' not in run:
        return [base, None, None]
    novel = run['novel'][part]
    return [base, novel, 2 * base * novel / max(base + novel, 1e-9)]


def _three(rows: list[list[float | None]]) -> list[str]:
    columns = zip(*rows, strict=True)
    return [
        '-' if None in column else f'{mean(column):.1f}' for column in columns
    ]
