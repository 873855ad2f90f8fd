"""What jobs gave, on disk."""

import json
from pathlib import Path
from typing import NamedTuple

from vlprompt.whole_files import write_text


class KeptResult(NamedTuple):
    """What is known of a job.

    Attributes:
        key: The hash of what its result depends on.
        metrics: Its numbers; None while it runs or if it was interrupted.
        seconds: How long it took.
    """

    key: str
    metrics: dict[str, float] | None = None
    seconds: float | None = None


class KeptResults:
    """A file of results by the names of jobs, written at every change.

    Args:
        file: A JSON file; what it has is read, but for what another version
            of the library has written in another form.
    """

    def __init__(self, file: Path) -> None:
        self.file = file
        content = json.loads(file.read_text()) if file.is_file() else {}
        self._known = {
            name: KeptResult(**fields)
            for name, fields in content.items()
            if set(fields) == set(KeptResult._fields)
        }

    def __getitem__(self, name: str) -> KeptResult | None:
        """What is known of a job, None if it has never been started."""
        return self._known.get(name)

    def __setitem__(self, name: str, result: KeptResult) -> None:
        """Remember, even if the process is killed while it writes."""
        self._known[name] = result
        content = {name: r._asdict() for name, r in self._known.items()}
        write_text(self.file, json.dumps(content, indent=2) + '\n')

    def forget(self) -> None:
        """Forget all results; the file stays until the next change."""
        self._known.clear()
