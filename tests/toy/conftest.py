"""One small toy world and one quickstart, for all processes of a test run."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from programs import EPOCHS, call, call_here

import vlprompt  # noqa: F401  mends torchvision before open_clip needs it

DESCRIPTION = """
title = 'Small'
root = '{data}'
published = 'hmdb51'
full = ('{lists}/full.txt', '{data}/all_labels.csv')
zero_shot = dict(
    a=('{lists}/a.txt', '{data}/novel_labels.csv'),
    b=('{lists}/b.txt', '{data}/novel_labels.csv'))
few_shot = '{lists}/few_{{shots}}.txt'
shots = (1,)
base_train = '{lists}/base_{{seed}}.txt'
base = ('{lists}/base.txt', '{data}/base_labels.csv')
novel = ('{lists}/a.txt', '{data}/novel_labels.csv')
"""
# List: the one of the small world it is from, its first line, and the step.
LISTS = {
    'full': ('all_val', 0, 4),
    'a': ('novel_val', 0, 2),
    'b': ('novel_val', 1, 2),
    'few_1': ('all_train', 0, 2),
    'base_1': ('base_train', 0, 2),
    'base': ('base_val', 0, 2),
}
CLIPS = 2  # of a class and split, in the small world


class Quickstart(NamedTuple):
    """A folder of data, one of results, and how to run it (again)."""

    data: Path
    out: Path
    command: list[str]

    def report(self) -> dict:
        """The numbers."""
        return json.loads((self.out / 'report.json').read_text())


@pytest.fixture(scope='session')
def toy(make_once) -> Path:
    """A toy world of two clips of each class."""

    def make(folder: Path) -> None:
        call_here(
            'toy',
            'world',
            f'--root={folder}',
            f'--num-train={CLIPS}',
            f'--num-val={CLIPS}',
            '--workers=1',
        )

    return make_once('toy', make)


@pytest.fixture(scope='session')
def quickstart(make_once) -> Quickstart:
    """A quickstart of a few epochs in the whole world, run to its end."""

    def command_in(root: Path) -> list[str]:
        return [
            'tools/quickstart.py',
            f'--data={root}/toy',
            f'--out={root}/out',
            f'--epochs={EPOCHS}',
        ]

    def make(root: Path) -> None:
        done = call(*command_in(root))
        assert done.returncode == 0, done.stdout + done.stderr

    root = make_once('quickstart', make)
    return Quickstart(root / 'toy', root / 'out', command_in(root))


@pytest.fixture(scope='session')
def small(toy, tmp_path_factory) -> Path:
    """The description of a data set of a few clips of the toy world."""
    folder = tmp_path_factory.mktemp('small')
    for name, (source, first, step) in LISTS.items():
        lines = (toy / f'{source}.txt').read_text().splitlines()
        (folder / f'{name}.txt').write_text('\n'.join(lines[first::step]))
    path = folder / 'small.py'
    path.write_text(DESCRIPTION.format(data=toy, lists=folder))
    return path
