"""Running what `vlprompt classify` was asked for."""

from argparse import Namespace
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from typing import Any

from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from vlprompt.apis import Prediction, Timeline, VideoClassifier
from vlprompt.apis.prediction_files import (
    STANDARD_OUTPUT,
    CsvLines,
    JsonFile,
    JsonLines,
    text_file,
    write_subtitles,
)
from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import Broken
from vlprompt.clips.sources import Source
from vlprompt.errors import UserError
from vlprompt.whole_files import write_text

from .classify_model import make_classifier
from .reports.classify_report import LiveReport, Report, facts_of

CAMERA_WINDOW, CAMERA_STRIDE = 2.0, 1.0  # seconds


class Results:
    """Takes results to where the flags want them.

    Args:
        args: The flags.
        facts: What the results are of.
        report: For the terminal.
    """

    def __init__(self, args: Namespace, facts: dict, report: Any) -> None:
        self._stop = args.on_error == 'stop'
        self._report = report
        self._files = ExitStack()
        self._writers: list[Any] = []
        self.windows: list[Prediction] = []
        self._keeps = bool(args.srt)
        self.count = self.problems = 0
        by_window = args.window is not None or bool(args.camera)
        if args.json:
            self._writers.append(self._json(args, facts, by_window))
        if args.csv:
            file = self._files.enter_context(text_file(args.csv))
            self._writers.append(CsvLines(file, args.top_k))

    def _json(self, args: Namespace, facts: dict, by_window: bool) -> Any:
        if args.json == STANDARD_OUTPUT or args.json.endswith('.jsonl'):
            file = self._files.enter_context(text_file(args.json))
            return JsonLines(file, args.top_k)
        return JsonFile(args.json, facts, args.top_k, by_window)

    def add(self, prediction: Prediction) -> None:
        """A result."""
        self.count += 1
        self._report.add(prediction)
        if self._keeps:
            self.windows.append(prediction)
        for writer in self._writers:
            writer.add(prediction)

    def add_problem(self, broken: Broken) -> None:
        """A video that cannot be read.

        Raises:
            UserError: If that ends the run.
        """
        if self._stop:
            raise UserError(broken.line()) from broken.error
        self.problems += 1
        self._report.add_problem(broken)
        for writer in self._writers:
            writer.add_problem(broken.name, broken.reason)

    def close(self) -> None:
        """Write what is left to write."""
        for writer in self._writers:
            writer.close()
        self._files.close()


def classify_videos(args: Namespace) -> int:
    """Classify videos, or their windows.

    Raises:
        UserError: If none of them can be read.
    """
    sources = find_sources(args.inputs)
    if args.srt and len(sources) > 1:
        raise UserError(f'--srt is of one video, {len(sources)} given')
    classifier = make_classifier(args)
    windowed = args.window is not None
    facts = facts_of(classifier, args.window, args.stride)
    report = Report(args, facts, [s.name for s in sources], windowed)
    results = Results(args, facts, report)
    timelines: list[Timeline] = []
    try:
        for found in _follow(
            _predict(classifier, sources, args, results, timelines),
            len(sources),
        ):
            results.add(found)
    finally:
        results.close()
        _write_pages(args, facts, timelines, results.windows)
    if not results.count:
        raise UserError(
            'no video can be read'
            if len(sources) > 1
            else 'the video cannot be read'
        )
    report.close(results.problems)
    return results.count


def _predict(
    classifier: VideoClassifier,
    sources: Sequence[Source],
    args: Namespace,
    results: Results,
    timelines: list[Timeline],
) -> Iterator[Prediction]:
    if not args.timeline:
        yield from classifier.predict(
            sources,
            args.batch_size,
            args.workers,
            results.add_problem,
            args.window,
            args.stride,
        )
        return
    for source in sources:
        try:
            timeline = classifier.timeline(
                source, args.window, args.stride, args.batch_size
            )
        except UserError as error:
            results.add_problem(Broken(source.name, str(error), error))
            continue
        timelines.append(timeline)
        yield from timeline.windows


def _follow(
    predictions: Iterable[Prediction], total: int
) -> Iterator[Prediction]:
    """Show on a terminal how far it has come."""
    done: set[str] = set()
    columns = SpinnerColumn(), TextColumn('{task.description}')
    console = Console(stderr=True)
    progress = Progress(
        *columns,
        console=console,
        transient=True,
        disable=not console.is_terminal,
    )
    with progress:
        task = progress.add_task(f'reading {total} videos')
        for prediction in predictions:
            done.add(prediction.path)
            progress.update(
                task,
                description=f'{len(done)} of {total} videos, '
                f'{prediction.end:.0f} s of {prediction.path}',
            )
            yield prediction


def _write_pages(
    args: Namespace,
    facts: dict,
    timelines: Sequence[Timeline],
    windows: Sequence[Prediction],
) -> None:
    if args.timeline and timelines:
        from vlprompt.pages.timeline import timeline_page

        write_text(args.timeline, timeline_page(timelines, facts))
    if args.srt and windows:
        write_subtitles(args.srt, windows)


def classify_camera(args: Namespace) -> int:
    """Classify what a camera shows, until it ends or Ctrl-C."""
    window = CAMERA_WINDOW if args.window is None else args.window
    stride = min(CAMERA_STRIDE, window) if args.stride is None else args.stride
    classifier = make_classifier(args)
    facts = facts_of(classifier, window, stride, shares_frames=False)
    with LiveReport(args, facts) as report:
        results = Results(args, facts, report)
        try:
            for found in classifier.watch(args.camera, window, stride):
                results.add(found)
        except KeyboardInterrupt:
            report.interrupt()
        finally:
            results.close()
            _write_pages(args, facts, (), results.windows)
    return results.count
