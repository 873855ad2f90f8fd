"""What `vlprompt classify` says on a terminal."""

import sys
from argparse import Namespace
from collections import deque
from collections.abc import Sequence
from typing import Any

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from vlprompt.apis import Prediction, VideoClassifier
from vlprompt.apis.prediction_files import STANDARD_OUTPUT
from vlprompt.apis.predictions import merge
from vlprompt.clips.in_order import Broken
from vlprompt.datasets.pipelines import count_frames, count_views
from vlprompt.datasets.readers.decoder_name import decoder_name

WIDEST = 44  # letters of a path
BAR = 30
LATEST = 8  # segments of a camera that stay on the screen
KEPT = 3600  # windows of a camera, which may run for days


def facts_of(
    classifier: VideoClassifier,
    window: float | None,
    stride: float | None,
    shares_frames: bool | None = None,
) -> dict[str, Any]:
    """What results are of.

    Args:
        classifier: What gave them.
        window: Seconds of a window, if there are any.
        stride: Seconds from a window to the next.
        shares_frames: Whether a frame of several windows is encoded once; as
            the model allows if not given.
    """
    pipeline = classifier.whole if window is None else classifier.single
    temporal, crops = count_views(pipeline)
    facts = dict(
        model=classifier.source,
        decoder=decoder_name([dict(type='VideoInit')]).partition(', ')[2],
        frames=count_frames(pipeline),
        views=temporal * crops,
        classes=len(classifier.model.class_names),
    )
    if window is not None:
        if shares_frames is None:
            shares_frames = not classifier.mixes_frames
        facts.update(
            window=window,
            stride=window if stride is None else stride,
            frames_are_encoded='once' if shares_frames else 'in each window',
        )
    return facts


def header(facts: dict[str, Any]) -> str:
    """The same in a line."""
    views = facts['views']
    parts = [
        f'model {facts["model"]}',
        f'decoder {facts["decoder"]}',
        f'{facts["frames"]} frames x {views} view{"s" * (views > 1)}',
        f'{facts["classes"]} classes',
    ]
    if 'window' in facts:
        parts += [
            f'windows of {facts["window"]:g} s every {facts["stride"]:g} s',
            f'frames encoded {facts["frames_are_encoded"]}',
        ]
    return ' | '.join(parts)


class Report:
    """A line for each result, when it comes.

    Args:
        args: The flags.
        facts: See :func:`facts_of`.
        names: Of all videos.
        windowed: Whether results are windows.
    """

    def __init__(
        self,
        args: Namespace,
        facts: dict[str, Any],
        names: Sequence[str],
        windowed: bool,
    ) -> None:
        self._top_k = args.top_k
        self._width = min(WIDEST, max(map(len, names)))
        self._windowed = windowed
        # The standard output may be for something that reads it.
        taken = STANDARD_OUTPUT in (args.json, args.csv)
        self._out = Console(stderr=taken, highlight=False, soft_wrap=True)
        self._errors = Console(stderr=True, highlight=False, soft_wrap=True)
        self._is_shown = not taken
        self._out.print(Text(header(facts), style='dim'))

    def add(self, prediction: Prediction) -> None:
        """A result."""
        if not self._is_shown:
            return
        line = Text(f'{shorten(prediction.path, self._width):<{self._width}}')
        if self._windowed:
            line.append(f'  {span(prediction)}')
        best = zip(prediction.names, prediction.scores, strict=True)
        for rank, (name, score) in enumerate(list(best)[: self._top_k]):
            line.append(f'  {score:.2f} {name}', 'dim' if rank else 'bold')
        self._out.print(line)

    def add_problem(self, broken: Broken) -> None:
        """A video that cannot be read."""
        self._errors.print(Text(f'skipped: {broken.line()}', style='yellow'))

    def close(self, problems: int) -> None:
        """Say what was left out."""
        if problems:
            self._errors.print(f'{problems} skipped, named above')


class LiveReport:
    """What a camera shows now, and what it has shown.

    Args:
        args: The flags.
        facts: See :func:`facts_of`.
    """

    def __init__(self, args: Namespace, facts: dict[str, Any]) -> None:
        self._lines = Report(args, facts, [args.camera], windowed=True)
        self._top_k = args.top_k
        self._seen: deque[Prediction] = deque(maxlen=KEPT)
        taken = STANDARD_OUTPUT in (args.json, args.csv)
        shows = sys.stdout.isatty() and not taken
        self._live = Live(transient=True) if shows else None

    def __enter__(self) -> 'LiveReport':
        """Begin to draw."""
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Leave the segments that were seen on the screen."""
        if self._live:
            self._live.stop()
            for line in self._segments():
                self._live.console.print(line)

    def add(self, prediction: Prediction) -> None:
        """A result."""
        if not self._live:
            self._lines.add(prediction)
            return
        # Of the earlier ones only the best name is drawn.
        small = prediction._replace(
            names=prediction.names[:1], scores=prediction.scores[:1]
        )
        self._seen.append(small)
        self._live.update(self._draw(prediction))

    def add_problem(self, broken: Broken) -> None:
        """Nothing: a camera that fails ends."""

    def interrupt(self) -> None:
        """Say that the user has ended it."""
        print('stopped', file=sys.stderr)

    def _draw(self, prediction: Prediction) -> Table:
        table = Table.grid(padding=(0, 1))
        table.add_row(Text(span(prediction), style='dim'))
        best = zip(prediction.names, prediction.scores, strict=True)
        for name, score in list(best)[: self._top_k]:
            bar = '█' * round(BAR * min(max(score, 0), 1))
            table.add_row(f'{score:.2f} {name}', Text(bar, style='cyan'))
        for line in self._segments()[-LATEST:]:
            table.add_row(Text(line, style='dim'))
        return table

    def _segments(self) -> list[str]:
        return [
            f'{clock(s.start)}-{clock(s.end)}  {s.score:.2f} {s.name}'
            for s in merge(self._seen)
        ]


def span(prediction: Prediction) -> str:
    """When a window is, ``00:41.0-00:45.0``."""
    return f'{clock(prediction.start)}-{clock(prediction.end)}'


def clock(seconds: float) -> str:
    """Minutes and seconds, ``01:02.5``."""
    minutes, rest = divmod(round(seconds, 1), 60)
    return f'{int(minutes):02}:{rest:04.1f}'


def shorten(path: str, width: int) -> str:
    """The end of a path that is too long."""
    return path if len(path) <= width else f'…{path[1 - width :]}'
