"""The toy world's modules, and one quickstart for all tests."""

import json
import sys
from pathlib import Path
from typing import NamedTuple

import pytest
from programs import EPOCHS, ROOT, call

sys.path.insert(0, str(ROOT / 'tools/data'))


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
