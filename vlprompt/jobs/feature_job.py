"""The encoding of videos, and jobs that read what was encoded."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from vlprompt.whole_files import write_text

from .job import Job, digest_of
from .test_job import TestJob
from .train_job import TrainJob

if TYPE_CHECKING:
    from mmengine.config import Config


@dataclass(frozen=True, eq=False)
class FeatureJob(Job):
    """``vlprompt data features``; it leaves a store of features.

    Attributes:
        config: Says how videos are encoded; its test has classes and folder.
        videos: Lists of them.
        flags: Of the command.
    """

    config: Config
    videos: tuple[str, ...]
    flags: tuple[str, ...] = ()

    kind: ClassVar[str] = 'encode'
    loaders: ClassVar[tuple[str, ...]] = ('test',)
    alone: ClassVar[bool] = True

    def words(self, out: Path) -> list[str]:
        """The command, with the config that is written for it."""
        folder = out / self.name
        config = str(folder / 'config.py')
        lists = [f'--out={folder}', '--lists', *self.videos]
        return ['data', 'features', config, *self.flags, *lists]

    def digest(self, out: Path) -> str:
        """A hash of the config, the flags and the lists."""
        values = (self.kind, self.config.to_dict(), self.flags)
        return digest_of(values, [*self.lists(), *self.videos])

    def inputs(self) -> Iterator[str]:
        """Those of the config, and the lists."""
        yield from super().inputs()
        yield from self.videos

    def prepare(self, out: Path) -> None:
        """Make the folder, and write the config."""
        super().prepare(out)
        write_text(out / self.name / 'config.py', self.config.pretty_text)

    def is_complete(self, out: Path) -> bool:
        """Whether the index of the videos is there."""
        return (out / self.name / 'videos.json').is_file()


@dataclass(frozen=True, eq=False)
class FeatureTestJob(TestJob):
    """A test on stored features, in one process.

    Attributes:
        features: The name of the job that stores them.
    """

    features: str = ''
    alone: ClassVar[bool] = True

    @property
    def needs(self) -> tuple[str, ...]:
        """The features, and the training if there is one."""
        return (self.features, *super().needs)


@dataclass(frozen=True, eq=False)
class FeatureTrainJob(TrainJob):
    """A training on stored features, in one process.

    Attributes:
        features: As above.
    """

    features: str = ''
    alone: ClassVar[bool] = True

    @property
    def needs(self) -> tuple[str, ...]:
        """The features."""
        return (self.features,)
