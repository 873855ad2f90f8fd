"""Any command."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from .job import Job, digest_of


@dataclass(frozen=True, eq=False)
class CommandJob(Job):
    """Any command of ``vlprompt``.

    Attributes:
        command: What one types after ``vlprompt``.
        depends_on: Whatever else the result depends on, for its hash.
        leaves: Files that the command writes.
        results: The file of these that has the metrics, as JSON.
        after: The names of the jobs that must be done before.
    """

    command: tuple[str, ...]
    depends_on: Any = None
    leaves: tuple[Path, ...] = ()
    results: Path | None = None
    after: tuple[str, ...] = ()

    kind: ClassVar[str] = 'command'

    @property
    def needs(self) -> tuple[str, ...]:
        """The jobs that must be done before."""
        return self.after

    def words(self, out: Path) -> list[str]:
        """The command."""
        return list(self.command)

    def digest(self, out: Path) -> str:
        """A hash of the command and of what it depends on."""
        return digest_of((self.command, self.depends_on), ())

    def is_complete(self, out: Path) -> bool:
        """Whether the files that the command writes are there."""
        files = [*self.leaves, *filter(None, [self.results])]
        return all(path.is_file() for path in files)

    def metrics(self, out: Path) -> dict[str, Any]:
        """The content of the file of results."""
        if self.results is None:
            return {}
        return json.loads(self.results.read_text())
