"""Predictions as JSON, as a table, and as subtitles."""

import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TextIO

from vlprompt.whole_files import write_text

from .predictions import Prediction, Segment, merge

STANDARD_OUTPUT = '-'
COLUMNS = ('path', 'start', 'end', 'rank', 'class', 'score')
DIGITS = 3  # of seconds


class JsonFile:
    """A JSON document of results.

    Args:
        path: The file.
        facts: What the results are of: the model, the decoder.
        top_k: Classes of each result.
        by_window: Whether results are windows, which are also merged.
    """

    def __init__(
        self, path: str, facts: dict[str, Any], top_k: int, by_window: bool
    ) -> None:
        self._path, self._facts, self._top_k = path, facts, top_k
        self._by_window = by_window
        self._videos: dict[str, list[Prediction]] = {}
        self._problems: list[dict[str, str]] = []

    def add(self, prediction: Prediction) -> None:
        """Take a result."""
        self._videos.setdefault(prediction.path, []).append(prediction)

    def add_problem(self, path: str, reason: str) -> None:
        """Take a video that cannot be read."""
        self._problems.append(dict(path=path, reason=reason))

    def close(self) -> None:
        """Write the file."""
        results = [
            row for found in self._videos.values() for row in self._rows(found)
        ]
        content = {
            **self._facts,
            'results': results,
            'unreadable': self._problems,
        }
        text = json.dumps(content, indent=2, ensure_ascii=False)
        write_text(self._path, f'{text}\n')

    def _rows(self, found: Sequence[Prediction]) -> Iterator[dict]:
        if not self._by_window:
            yield from (as_dict(p, self._top_k) for p in found)
            return
        windows = [as_dict(p, self._top_k) for p in found]
        for window in windows:
            del window['path']
        segments = [_segment(segment) for segment in merge(found)]
        yield dict(path=found[0].path, segments=segments, windows=windows)


class JsonLines:
    """A line of JSON for each result, when it comes."""

    def __init__(self, file: TextIO, top_k: int) -> None:
        self._file, self._top_k = file, top_k

    def add(self, prediction: Prediction) -> None:
        """Write a result."""
        self._write(as_dict(prediction, self._top_k))

    def add_problem(self, path: str, reason: str) -> None:
        """Write a video that cannot be read."""
        self._write(dict(path=path, unreadable=reason))

    def close(self) -> None:
        """Nothing is left to do."""

    def _write(self, row: dict) -> None:
        print(json.dumps(row, ensure_ascii=False), file=self._file, flush=True)


class CsvLines:
    """Rows of ``COLUMNS``, a class each, when they come."""

    def __init__(self, file: TextIO, top_k: int) -> None:
        self._writer = csv.writer(file, lineterminator='\n')
        self._file, self._top_k = file, top_k
        self._writer.writerow(COLUMNS)

    def add(self, prediction: Prediction) -> None:
        """Write a result."""
        where = prediction.path, *_times(prediction)
        best = zip(prediction.names, prediction.scores, strict=True)
        for rank, (name, score) in enumerate(best, 1):
            if rank <= self._top_k:
                row = [*where, rank, name, round(score, 6)]
                self._writer.writerow(row)
        self._file.flush()

    def add_problem(self, path: str, reason: str) -> None:
        """Nothing: a table has no place for it."""

    def close(self) -> None:
        """Nothing is left to do."""


@contextmanager
def text_file(path: str) -> Iterator[TextIO]:
    """A file to write to, or the standard output for ``-``."""
    if path == STANDARD_OUTPUT:
        yield sys.stdout
    else:
        with open(path, 'w', encoding='utf-8', newline='') as file:
            yield file


def write_subtitles(path: str, windows: Iterable[Prediction]) -> None:
    """Write the segments of a video, see :func:`merge`, as an SRT file."""
    blocks = [
        f'{number}\n{_srt_time(s.start)} --> {_srt_time(s.end)}\n{s.name}\n'
        for number, s in enumerate(merge(windows), 1)
    ]
    write_text(path, '\n'.join(blocks))


def as_dict(prediction: Prediction, top_k: int) -> dict[str, Any]:
    """What JSON has of a result."""
    start, end = _times(prediction)
    best = zip(prediction.names, prediction.scores, strict=True)
    scores = {name: round(score, 6) for name, score in list(best)[:top_k]}
    return dict(path=prediction.path, start=start, end=end, scores=scores)


def _segment(segment: Segment) -> dict[str, Any]:
    return {
        'start': round(segment.start, DIGITS),
        'end': round(segment.end, DIGITS),
        'class': segment.name,
        'score': round(segment.score, 6),
    }


def _times(prediction: Prediction) -> tuple[float, float]:
    return round(prediction.start, DIGITS), round(prediction.end, DIGITS)


def _srt_time(seconds: float) -> str:
    whole, thousandths = divmod(round(seconds * 1000), 1000)
    minutes, second = divmod(whole, 60)
    hour, minute = divmod(minutes, 60)
    return f'{hour:02}:{minute:02}:{second:02},{thousandths:03}'
