"""One quickstart for all tests of the toy world."""

import json
from pathlib import Path
from typing import NamedTuple

import pytest
from programs import EPOCHS, call

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
# List: the one of the toy world it is from, its first line, and the step.
LISTS = {
    'full': ('all_val', 0, 16),
    'a': ('novel_val', 0, 8),
    'b': ('novel_val', 3, 8),
    'few_1': ('all_train', 0, 12),
    'base_1': ('base_train', 0, 12),
    'base': ('base_val', 0, 8),
}


class Quickstart(NamedTuple):
    """A folder of data, one of results, and how to run it (again)."""

    data: Path
    out: Path
    command: list[str]

    def report(self) -> dict:
        """The numbers."""
        return json.loads((self.out / 'report.json').read_text())


@pytest.fixture(scope='session')
def quickstart(tmp_path_factory) -> Quickstart:
    """A quickstart of a few epochs, run to its end."""
    root = tmp_path_factory.mktemp('quickstart')
    command = [
        'tools/quickstart.py',
        f'--data={root}/toy',
        f'--out={root}/out',
        f'--epochs={EPOCHS}',
    ]
    done = call(*command)
    assert done.returncode == 0, done.stdout + done.stderr
    return Quickstart(root / 'toy', root / 'out', command)


@pytest.fixture(scope='session')
def small(quickstart, tmp_path_factory) -> Path:
    """The description of a data set of a few clips of the toy world."""
    folder = tmp_path_factory.mktemp('small')
    for name, (source, first, step) in LISTS.items():
        lines = (quickstart.data / f'{source}.txt').read_text().splitlines()
        (folder / f'{name}.txt').write_text('\n'.join(lines[first::step]))
    path = folder / 'small.py'
    path.write_text(DESCRIPTION.format(data=quickstart.data, lists=folder))
    return path
