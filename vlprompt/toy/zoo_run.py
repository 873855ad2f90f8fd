"""One method of the toy zoo, trained and tested in a process of its own."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import ClassVar

from vlprompt.apis import load_config
from vlprompt.jobs import Job
from vlprompt.jobs.job import digest_of
from vlprompt.shipped import find_config

from .files import CLIP_REPORT, META
from .zoo_variants import PLAIN

RESULTS = 'results.json'


@dataclass(frozen=True, eq=False)
class ZooRun(Job):
    """``vlprompt toy zoo --one``: one training, and tests of its weights.

    Attributes:
        data: The folder of the toy world.
        config: Such as ``'vilt/vilt_toy'``.
        variant: What is added to the method.
        seed: Of the training.
        epochs: Of the training.
        batch_size: Of the training.
    """

    data: Path
    config: str
    variant: str
    seed: int
    epochs: int
    batch_size: int

    kind: ClassVar[str] = 'zoo'

    def words(self, out: Path) -> list[str]:
        """The command that trains and tests it."""
        return [
            'toy',
            'zoo',
            f'--data={self.data}',
            f'--out={out}',
            f'--epochs={self.epochs}',
            f'--batch-size={self.batch_size}',
            '--one',
            self.config,
            self.variant,
            str(self.seed),
        ]

    def digest(self, out: Path) -> str:
        """A hash of the config, the world and the budget."""
        budget = (self.seed, self.epochs, self.batch_size)
        values = (_content(self.config), self.variant, *budget)
        files = (self.data / META, self.data / CLIP_REPORT)
        return digest_of(values, map(str, files))

    def is_complete(self, out: Path) -> bool:
        """Whether the results are there."""
        return (out / self.name / RESULTS).is_file()

    def metrics(self, out: Path) -> dict:
        """The results: numbers, and accuracies by variants and classes."""
        return json.loads((out / self.name / RESULTS).read_text())

    def summary(self, metrics: dict) -> str:
        """Accuracies on all clips."""
        if 'reason' in metrics:
            return f'does not fit: {metrics["reason"]}'
        own = metrics[self.variant]
        return ', '.join(f'{p} {own[p]["all"]:.1f}' for p in own)


def run_name(config: str, seed: int, variant: str = PLAIN) -> str:
    """The name of a run, which is its folder."""
    added = '' if variant == PLAIN else f'+{variant}'
    return f'{Path(config).stem}{added}/seed{seed}'


@cache
def _content(config: str) -> dict:
    return load_config(find_config(f'{config}.py')).to_dict()
