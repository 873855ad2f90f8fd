"""A training."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.whole_files import write_text

from .job import Job, digest_of

if TYPE_CHECKING:
    from mmengine.config import Config


@dataclass(frozen=True, eq=False)
class TrainJob(Job):
    """``vlprompt train``; it leaves a checkpoint.

    Attributes:
        config: What is trained.
        flags: Of the command.
        track: Trackers that follow it, on which the result does not depend.
    """

    config: Config
    flags: tuple[str, ...] = ()
    track: tuple[str, ...] = ()

    kind: ClassVar[str] = 'train'
    resume_flags: ClassVar[tuple[str, ...]] = ('--resume',)
    loaders: ClassVar[tuple[str, ...]] = ('train', 'val')

    def words(self, out: Path) -> list[str]:
        """The command, with the config that is written for it."""
        folder = out / self.name
        config = folder / 'config.py'
        track = [f'--track={name}' for name in self.track]
        return [
            'train',
            str(config),
            f'--work-dir={folder}',
            *self.flags,
            *track,
        ]

    def digest(self, out: Path) -> str:
        """A hash of the config, the flags and the lists."""
        values = (self.kind, self.config.to_dict(), self.flags)
        return digest_of(values, self.lists())

    def prepare(self, out: Path) -> None:
        """Make the folder, and write the config."""
        super().prepare(out)
        write_text(out / self.name / 'config.py', self.config.pretty_text)

    def is_complete(self, out: Path) -> bool:
        """Whether the checkpoint is there."""
        return self.checkpoint(out) is not None

    def checkpoint(self, out: Path) -> Path | None:
        """What is tested, if it is there.

        The last checkpoint, or the mean of a training that averages.
        """
        from vlprompt.apis.checkpoints import checkpoints_of
        from vlprompt.averaging import AVERAGED, ends_averaged

        folder = out / self.name
        if ends_averaged(self.config):
            averaged = folder / AVERAGED
            return averaged if averaged.is_file() else None
        if not (folder / 'last_checkpoint').is_file():
            return None
        return next(iter(checkpoints_of(folder)), None)


def best_validation(folder: Path, metric: str) -> float | None:
    """The best value of a metric in the validations of a training.

    Args:
        folder: Of the training.
        metric: ``'acc/top1'`` for example.

    Returns:
        The highest value, None if there was no validation.
    """
    lines = [
        json.loads(line)
        for log in folder.glob('*/vis_data/scalars.json')
        for line in log.read_text().splitlines()
    ]
    return max((x[metric] for x in lines if metric in x), default=None)
