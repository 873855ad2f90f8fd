"""The page of one run or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.progress import Progress

from vlprompt.errors import UserError
from vlprompt.pages import render
from vlprompt.records.predictions import ClassPredictions, RetrievalPredictions
from vlprompt.whole_files import write_text

from . import facts_table
from .class_section import make_class_section
from .clips import Gallery
from .duel_section import (
    Pair,
    make_duel_section,
    pairs_of_runs,
    pairs_within,
)
from .headline import headline
from .leaderboard import make_leaderboard
from .looks import Loaded, load
from .retrieval_section import make_retrieval_section
from .room import Room, share_room
from .run_folder import Run, TestRecord, read_run
from .training_charts import draw_trainings

PAGE = 'report.html'
CLIPS, FEW_CLIPS = 64, 24
# What runs compare within themselves.
MODELS_SIDE_BY_SIDE = ('compare', 'demo', 'own videos')
MODELS = 8  # that are loaded at most
TOO_MANY = f'models are loaded for the first {MODELS} tests alone'
NOT_LOADED = (
    'this page was made at the end of a run, quickly and without the model '
    '(`vlprompt report FOLDER` draws them)'
)


def report(runs: Sequence[str | Path], out: str | Path | None = None) -> Path:
    """Write one page on a run, or on several side by side.

    Args:
        runs: Folders that training, testing or a protocol has written.
        out: The page; ``report.html`` in the folder of a single run, and
            here for several, by default.

    Returns:
        The page.

    Raises:
        UserError: If a folder is missing or has no results, or two runs
            have no list of videos in common.

    Example, in the folder in which ``vlprompt demo`` was run::

        report(['work_dirs/quickstart'], 'quickstart.html')
    """
    return _write(runs, out, CLIPS, load)


def quick_report(run: str | Path) -> Path:
    """Write the page of a run at its end: few clips, no model is loaded.

    Args:
        run: The folder.

    Raises:
        UserError: As :func:`report` does.
    """
    return _write(
        [run], None, FEW_CLIPS, lambda test: Loaded(None, NOT_LOADED)
    )


def _write(
    paths: Sequence[str | Path],
    out: str | Path | None,
    limit: int,
    loader: Callable[[TestRecord], Loaded],
) -> Path:
    if not paths:
        raise UserError('no run folder was given')
    runs = [read_run(path) for path in paths]
    pairs = _pairs(runs)
    if out is None:
        out = runs[0].path / PAGE if len(runs) == 1 else Path(PAGE)
    out = Path(out)
    total = sum(len(run.tests) for run in runs)
    with Progress(transient=True) as progress:
        tests = progress.add_task('Tests', total=total)
        clips = progress.add_task('Clips', total=limit)
        gallery = Gallery(limit, lambda: progress.advance(clips))

        def next_model(test: TestRecord) -> Loaded:
            progress.advance(tests)
            done = progress.tasks[tests].completed
            return loader(test) if done <= MODELS else Loaded(None, TOO_MANY)

        text = render('report', **_page(runs, pairs, gallery, next_model))
    out.parent.mkdir(parents=True, exist_ok=True)
    write_text(out, text)
    return out


def _pairs(runs: Sequence[Run]) -> list[Pair]:
    """The tests that are compared.

    Raises:
        UserError: If there are two runs and nothing to compare.
    """
    if len(runs) == 1:
        side_by_side = runs[0].protocol in MODELS_SIDE_BY_SIDE
        return pairs_within(runs[0]) if side_by_side else []
    if len(runs) > 2:
        return []
    pairs = pairs_of_runs(*runs)
    if not pairs and not all(_is_retrieval(run) for run in runs):
        lists = [', '.join(map(_describe, run.tests)) for run in runs]
        raise UserError(
            f'{runs[0].path} and {runs[1].path} have no test of the same '
            'videos and classes with predictions: the first has '
            f'{lists[0] or "no test"}, the second {lists[1] or "no test"}'
        )
    return pairs


def _is_retrieval(run: Run) -> bool:
    return any(isinstance(t.kept, RetrievalPredictions) for t in run.tests)


def _describe(test: TestRecord) -> str:
    digest = (test.facts.get('list') or {}).get('sha256', '')[:6]
    name = test.list_name or test.name or 'a test'
    return f'{name} ({digest or test.why_not or "list not recorded"})'


def _page(
    runs: Sequence[Run],
    pairs: Sequence[Pair],
    gallery: Gallery,
    loader: Callable[[TestRecord], Loaded],
) -> dict[str, Any]:
    """What the template names."""
    anchors = [f'run-{i + 1}' for i in range(len(runs))]
    tests = sum(len(run.tests) for run in runs)
    share = 0.4 if pairs else 0
    per_duel = max(1, int(share * gallery.limit / (2 * max(len(pairs), 1))))
    duels = [make_duel_section(pair, gallery, per_duel) for pair in pairs]
    room = share_room(tests, gallery.limit - gallery.count)
    parts = []
    for run, anchor in zip(runs, anchors, strict=True):
        parts.append(
            dict(
                run=run,
                anchor=anchor,
                charts=draw_trainings(run.trainings),
                trainings=[
                    (t, facts_table.rows_of_training(t)) for t in run.trainings
                ],
                tests=[
                    _test(
                        test, f'{anchor}-test-{i + 1}', gallery, room, loader
                    )
                    for i, test in enumerate(run.tests)
                ],
            )
        )
    several = make_leaderboard(runs, anchors) if len(runs) > 1 else None
    return dict(
        title=' and '.join(run.name for run in runs)
        if len(runs) < 3
        else f'{len(runs)} runs',
        parts=parts,
        duels=duels,
        leaderboard=several,
        left_out=gallery.left_out,
    )


def _test(
    test: TestRecord,
    anchor: str,
    gallery: Gallery,
    room: Room,
    loader: Callable[[TestRecord], Loaded],
) -> dict[str, Any]:
    loaded = loader(test)
    classes = ranks = None
    if isinstance(test.kept, ClassPredictions):
        classes = make_class_section(
            test.kept, anchor, gallery, room, loaded.look
        )
    elif isinstance(test.kept, RetrievalPredictions):
        ranks = make_retrieval_section(
            test.kept, test.metrics, gallery, max(1, room.mistakes // 2)
        )
    return dict(
        test=test,
        anchor=anchor,
        tiles=headline(test),
        facts=facts_table.rows_of_test(test, loaded.gmacs),
        broken=test.kept.broken if test.kept else (),
        classes=classes,
        ranks=ranks,
        why_not=test.why_not,
        no_attention=loaded.why_not,
    )
