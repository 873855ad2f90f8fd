"""Pretrained CLIP mixed into what a training has left."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from vlprompt.jobs import Job, TrainJob
from vlprompt.jobs.job import digest_of

MIXED = 'mixed.pth'


@dataclass(frozen=True, eq=False)
class MixJob(Job):
    """``vlprompt interpolate``; it leaves a checkpoint.

    Attributes:
        trained: What is mixed.
        share: The weight of pretrained CLIP.
    """

    trained: TrainJob
    share: float

    kind: ClassVar[str] = 'mix'
    alone: ClassVar[bool] = True

    @property
    def needs(self) -> tuple[str, ...]:
        """The training."""
        return (self.trained.name,)

    def words(self, out: Path) -> list[str]:
        """The command, with the config of the training."""
        return [
            'interpolate',
            str(out / self.trained.name / 'config.py'),
            self._source(out),
            f'--with-clip={self.share:g}',
            f'--out={out / self.name / MIXED}',
        ]

    def digest(self, out: Path) -> str:
        """A hash of the share and the checkpoint."""
        return digest_of((self.kind, self.share), [self._source(out)])

    def is_complete(self, out: Path) -> bool:
        """Whether the checkpoint is there."""
        return (out / self.name / MIXED).is_file()

    def _source(self, out: Path) -> str:
        return str(self.trained.checkpoint(out) or self.trained.name)
