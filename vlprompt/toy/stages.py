"""Stages of a long command whose results are kept."""

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from .progress import Display, Stage


class Stages:
    """Runs what has not been run before.

    Args:
        file: Where the results are kept, as JSON.
        display: What shows the stages.

    Attributes:
        seconds: What each stage took when it was run.
    """

    def __init__(self, file: Path, display: Display) -> None:
        self.file = file
        self.display = display
        self._kept = json.loads(file.read_text()) if file.is_file() else {}
        self.seconds: dict[str, float] = {}

    def run(
        self,
        name: str,
        unit: str,
        work: Callable[[Stage], Any],
        key: Any,
        made: Sequence[Path] = (),
    ) -> Any:
        """The result of a stage, which JSON can hold.

        Args:
            name: Of the stage.
            unit: What it counts.
            work: Called unless there is a result for the same key.
            key: All that the result depends on; its ``repr`` counts.
            made: Files that the stage writes and that must be there.
        """
        digest = hashlib.sha256(repr(key).encode()).hexdigest()
        kept = self._kept.get(name, {})
        same = kept.get('key') == digest
        if same and all(path.is_file() for path in made):
            self.display.say(f'{name}: as before')
        else:
            start = time.perf_counter()
            with self.display.stage(name, unit) as stage:
                result = work(stage)
            seconds = round(time.perf_counter() - start, 1)
            kept = dict(key=digest, seconds=seconds, result=result)
            self._keep(name, kept)
        self.seconds[name] = kept['seconds']
        return kept['result']

    def _keep(self, name: str, kept: dict) -> None:
        self._kept[name] = kept
        part = self.file.with_suffix('.part')
        part.write_text(json.dumps(self._kept, indent=2) + '\n')
        part.replace(self.file)
