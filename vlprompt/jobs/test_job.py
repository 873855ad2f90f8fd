"""A test."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.errors import UserError
from vlprompt.whole_files import write_text

from .job import Job, digest_of
from .train_job import TrainJob

if TYPE_CHECKING:
    from mmengine.config import Config

# The metrics that are shown, each with what it is multiplied by.
SHOWN = {'acc/top1': 100, 't2v/R1': 1}


@dataclass(frozen=True, eq=False)
class TestJob(Job):
    """``vlprompt test``; its metrics are kept.

    Attributes:
        config: What is tested.
        checkpoint: A file or URL, ``'none'``, or the training that makes it.
        flags: Of the command.
    """

    config: Config
    checkpoint: str | TrainJob = 'none'
    flags: tuple[str, ...] = ()

    kind: ClassVar[str] = 'test'
    loaders: ClassVar[tuple[str, ...]] = ('test',)
    __test__ = False  # pytest, which collects classes of this name

    @property
    def needs(self) -> tuple[str, ...]:
        """The training, if there is one."""
        trained = isinstance(self.checkpoint, TrainJob)
        return (self.checkpoint.name,) if trained else ()

    def words(self, out: Path) -> list[str]:
        """The command, with the config that is written for it."""
        folder = out / self.name
        return [
            'test',
            str(folder / 'config.py'),
            self._checkpoint(out),
            f'--work-dir={folder}',
            *self.flags,
        ]

    def digest(self, out: Path) -> str:
        """A hash of the config, the flags, the list and the checkpoint."""
        values = (self.kind, self.config.to_dict(), self.flags)
        file, *place = self._checkpoint(out).split('::')
        return digest_of(values, [*self.lists(), file, *place])

    def inputs(self) -> Iterator[str]:
        """Those of the config, and the checkpoint if there is one already."""
        yield from super().inputs()
        if isinstance(self.checkpoint, str) and self.checkpoint != 'none':
            yield self.checkpoint

    def prepare(self, out: Path) -> None:
        """Make the folder, and write the config."""
        super().prepare(out)
        write_text(out / self.name / 'config.py', self.config.pretty_text)

    def metrics(self, out: Path) -> dict[str, float]:
        """The numbers that the test has written to ``metrics.json``.

        Raises:
            UserError: If one is not finite.
        """
        text = (out / self.name / 'metrics.json').read_text()
        metrics = {
            name: value
            for name, value in json.loads(text).items()
            if not isinstance(value, str)
        }
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise UserError(f'{name} is {value}')
        return metrics

    def summary(self, metrics: dict[str, float]) -> str:
        """The first metric of ``SHOWN`` that there is."""
        for name, factor in SHOWN.items():
            if name in metrics:
                return f'{name} {factor * metrics[name]:.1f}'
        return ''

    def _checkpoint(self, out: Path) -> str:
        if isinstance(self.checkpoint, str):
            return self.checkpoint
        # Before the training, the name of the job stands for its checkpoint.
        return str(self.checkpoint.checkpoint(out) or self.checkpoint.name)
