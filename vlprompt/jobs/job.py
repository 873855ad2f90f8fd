"""What every job is."""

from __future__ import annotations

import hashlib
import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from vlprompt.file_digest import sha256_of


@dataclass(frozen=True, eq=False)
class Job(ABC):
    """A command whose result is kept, with a folder of its own.

    Attributes:
        name: Its folder below that of all results, ``'hmdb51/s1/train'``.
        kind: What jobs that take about the same time have in common.
        resume_flags: What is added to the command of a job that was
            interrupted; without any it starts from the beginning.
        loaders: Of its ``config``, those that it uses; none if it has none.
        alone: Whether it runs in one process, however many others have.
    """

    name: str

    kind: ClassVar[str]
    resume_flags: ClassVar[tuple[str, ...]] = ()
    loaders: ClassVar[tuple[str, ...]] = ()
    alone: ClassVar[bool] = False

    @property
    def needs(self) -> tuple[str, ...]:
        """The names of the jobs that must be done before this one."""
        return ()

    @abstractmethod
    def words(self, out: Path) -> list[str]:
        """The command line after ``vlprompt``.

        Args:
            out: The folder of all results.
        """

    @abstractmethod
    def digest(self, out: Path) -> str:
        """A hash of everything that the result depends on."""

    def inputs(self) -> Iterator[str]:
        """Files and folders that must exist before any job is run."""
        if self.loaders:
            from vlprompt.apis.inputs import inputs_of

            for item in inputs_of(self.config, *self.loaders):
                yield item.path

    def lists(self) -> list[str]:
        """The lists of videos, of classes, and of sentences among them."""
        from vlprompt.apis.inputs import (
            CLASS_LIST,
            DESCRIPTIONS,
            LIST,
            inputs_of,
        )

        found = inputs_of(self.config, *self.loaders)
        kinds = (LIST, CLASS_LIST, DESCRIPTIONS)
        return [item.path for item in found if item.kind in kinds]

    def check(self) -> None:
        """Check what else can be checked before any job is run.

        Raises:
            UserError: If class lists do not fit or a package is missing.
        """
        if self.loaders:
            from vlprompt.apis.inputs import check_inputs

            check_inputs(self.config, *self.loaders)

    def prepare(self, out: Path) -> None:
        """Make the folder, and in it what the command reads."""
        (out / self.name).mkdir(parents=True, exist_ok=True)

    def is_complete(self, out: Path) -> bool:
        """Whether what a finished job has left for others is there."""
        return True

    def metrics(self, out: Path) -> dict[str, float]:
        """The numbers that the command has written; it is finished."""
        return {}

    def summary(self, metrics: dict[str, float]) -> str:
        """The numbers in a few characters, for the list of jobs."""
        return ''


def digest_of(values: Any, files: Iterable[str]) -> str:
    """A hash of some values and of the content of some files.

    Args:
        values: Anything that JSON can hold.
        files: Files, or words that stand for themselves (``'none'``).
    """
    text = json.dumps(values, sort_keys=True, default=str)
    state = hashlib.sha256(text.encode())
    for name in files:
        state.update(_content(Path(name)))
    return state.hexdigest()[:16]


def _content(path: Path) -> bytes:
    if not path.is_file():
        return str(path).encode()
    return bytes.fromhex(sha256_of(path))
