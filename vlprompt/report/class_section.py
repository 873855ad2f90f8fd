"""A test of classification on a page."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from markupsafe import Markup

from vlprompt.class_accuracies import class_accuracies
from vlprompt.pages import Line, line_chart
from vlprompt.records.predictions import ClassPredictions

from .clips import Gallery, Look, Shown
from .confusion_drawings import (
    NAMED,
    draw_matrix,
    draw_pairs,
    most_confused,
)
from .room import Room
from .statistics import Calibration, calibrate

BARS = 15  # confused pairs that are drawn
PER_GROUP = 12  # clips that are listed of one
PER_PAIR = 2  # clips with frames of a drawn pair


class ClassRow(NamedTuple):
    """A class: its videos, and the share that is recognised."""

    name: str
    videos: int
    accuracy: float
    taken_for: str


class ClipRow(NamedTuple):
    """A clip: its classes, and what scores best."""

    clip: Shown
    true: str
    predicted: str
    best: list[tuple[str, float, bool]]
    group: str = ''


class Group(NamedTuple):
    """The clips of a class that are taken for another one."""

    anchor: str
    true: str
    predicted: str
    clips: list[Shown]
    more: int
    share: float


class ClassSection(NamedTuple):
    """What a page shows of a test."""

    matrix: Markup
    whole: Markup | None
    pairs: Markup
    classes: list[ClassRow]
    num_classes: int
    mistakes: list[ClipRow]
    groups: list[Group]
    num_pairs: int
    calibration: Calibration | None
    calibration_chart: Markup | None
    mean_accuracy: float


def make_class_section(
    kept: ClassPredictions,
    key: str,
    gallery: Gallery,
    room: Room,
    look: Look | None,
) -> ClassSection:
    """Make drawings, tables and strips of the predictions of a test.

    Args:
        kept: The predictions.
        key: Begins all anchors of this test.
        gallery: Makes the strips.
        room: How much of it is shown.
        look: Where the model looks, if it could be loaded.
    """
    counts, names = kept.matrix(), kept.classes
    confused = _confused(kept)
    pairs = sorted(confused, key=lambda p: (-len(confused[p]), p))
    linked = {pair: f'#{_anchor(key, pair)}' for pair in pairs[: room.groups]}
    mistakes = _mistakes(kept, key, gallery, room.mistakes, look, linked)
    whole = None
    if len(names) > NAMED and (counts > 0).sum() <= room.cells:
        whole = draw_matrix(
            counts, names, linked, range(len(names)), 'all classes'
        )
    return ClassSection(
        draw_matrix(counts, names, linked, most_confused(counts), ''),
        whole,
        draw_pairs(kept, pairs[:BARS], confused, linked, counts),
        _class_rows(counts, names)[: room.classes],
        len(names),
        mistakes,
        _groups(kept, key, pairs[: room.groups], confused, gallery, counts),
        len(pairs),
        *_calibration(kept),
        float(np.nanmean(class_accuracies(counts))),
    )


def _anchor(key: str, pair: tuple[int, int]) -> str:
    return f'{key}-pair-{pair[0]}-{pair[1]}'


def _confused(kept: ClassPredictions) -> dict[tuple[int, int], list[int]]:
    """The videos of each pair of classes that are confused."""
    found = defaultdict(list)
    for i, pair in enumerate(zip(kept.labels, kept.predicted, strict=True)):
        if pair[0] != pair[1]:
            found[pair[0], int(pair[1])].append(i)
    for videos in found.values():
        videos.sort(key=lambda i: -kept.scores[i][0])
    return found


def _class_rows(counts: np.ndarray, names: Sequence[str]) -> list[ClassRow]:
    """The classes that have videos, the worst first."""
    wrong = counts - np.diag(counts.diagonal())
    rows = []
    for i, (name, accuracy) in enumerate(
        zip(names, class_accuracies(counts), strict=True)
    ):
        if np.isnan(accuracy):
            continue
        most = int(wrong[i].argmax())
        taken = f'{names[most]} ({wrong[i, most]})' if wrong[i, most] else ''
        row = ClassRow(name, int(counts[i].sum()), float(accuracy), taken)
        rows.append(row)
    return sorted(rows, key=lambda row: row.accuracy)


def _mistakes(
    kept: ClassPredictions,
    key: str,
    gallery: Gallery,
    num: int,
    look: Look | None,
    linked: dict[tuple[int, int], str],
) -> list[ClipRow]:
    """Those with the highest scores, each pair of classes at most twice."""
    wrong = np.flatnonzero(kept.predicted != np.array(kept.labels))
    order = sorted(wrong, key=lambda i: -kept.scores[i][0])
    rows, seen = [], defaultdict(int)
    for i in order:
        pair = (kept.labels[i], kept.best[i][0])
        seen[pair] += 1
        if seen[pair] <= PER_PAIR and len(rows) < num:
            rows.append(_clip_row(kept, i, gallery, look, linked.get(pair)))
    return rows


def _clip_row(
    kept: ClassPredictions,
    i: int,
    gallery: Gallery,
    look: Look | None,
    group: str | None,
) -> ClipRow:
    names, label = kept.classes, kept.labels[i]
    best = [
        (names[j], score, j == label)
        for j, score in zip(kept.best[i], kept.scores[i], strict=True)
    ][:3]
    predicted = names[kept.best[i][0]]
    shown = gallery.show(kept.videos[i], look, predicted)
    return ClipRow(shown, names[label], predicted, best, group or '')


def _groups(
    kept: ClassPredictions,
    key: str,
    pairs: Sequence[tuple[int, int]],
    confused: dict[tuple[int, int], list[int]],
    gallery: Gallery,
    counts: np.ndarray,
) -> list[Group]:
    total, groups = counts.sum(axis=1), []
    for place, pair in enumerate(pairs):
        videos = confused[pair]
        wanted = PER_PAIR if place < BARS else 0
        clips = [
            gallery.show(kept.videos[i])
            if rank < wanted
            else gallery.known(kept.videos[i])
            for rank, i in enumerate(videos[:PER_GROUP])
        ]
        groups.append(
            Group(
                _anchor(key, pair),
                kept.classes[pair[0]],
                kept.classes[pair[1]],
                clips,
                len(videos) - len(clips),
                len(videos) / int(total[pair[0]]),
            )
        )
    return groups


def _calibration(
    kept: ClassPredictions,
) -> tuple[Calibration | None, Markup | None]:
    if not kept.probabilities:
        return None, None
    confidence = np.array([scores[0] for scores in kept.scores])
    found = calibrate(confidence, kept.predicted == np.array(kept.labels))
    lines = [
        Line('model', found.confidence, found.accuracy),
        Line('as often right as it says', [0, 1], [0, 1]),
    ]
    title = 'Share that is right by confidence'
    return found, line_chart(lines, title, 'confidence', 'share that is right')
