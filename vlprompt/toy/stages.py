"""Stages of a long command whose results are kept."""

import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from vlprompt.jobs.job import digest_of
from vlprompt.jobs.kept_results import KeptResult, KeptResults

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
        self.display = display
        self._kept = KeptResults(file)
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
            key: All that the result depends on.
            made: Files that the stage writes and that must be there.
        """
        digest = digest_of(key, ())
        kept = self._kept[name]
        same = kept is not None and kept.key == digest
        if same and all(path.is_file() for path in made):
            self.display.say(f'{name}: as before')
        else:
            start = time.perf_counter()
            with self.display.stage(name, unit) as stage:
                result = dict(result=work(stage))
            seconds = round(time.perf_counter() - start, 1)
            kept = self._kept[name] = KeptResult(digest, result, seconds)
        self.seconds[name] = kept.seconds
        return kept.metrics['result']
