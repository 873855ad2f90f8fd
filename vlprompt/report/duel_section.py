"""Two tests of the same videos side by side on a page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from vlprompt.records.predictions import ClassPredictions

from .clips import Gallery, Shown
from .run_folder import Run, TestRecord
from .statistics import Duel, duel


class Pair(NamedTuple):
    """Two tests of the same list; the first is what is compared with."""

    title: str
    names: tuple[str, str]
    tests: tuple[TestRecord, TestRecord]


class Change(NamedTuple):
    """A clip that one of two models gets right."""

    clip: Shown
    true: str
    said: str


class DuelSection(NamedTuple):
    """What a page shows of two tests."""

    pair: Pair
    videos: int
    duel: Duel
    wins: list[Change]
    losses: list[Change]
    other_wins: list[Change]
    other_losses: list[Change]


def pairs_of_runs(first: Run, second: Run) -> list[Pair]:
    """Tests of two runs that are of the same videos."""
    pairs = []
    for a in first.tests:
        same = [b for b in second.tests if are_comparable(a, b)]
        # Of several, the one that the run calls the same.
        same.sort(key=lambda b: b.name != a.name)
        if same and (same[0].name == a.name or len(same) == 1):
            title = a.title if a.name == same[0].name else a.list_name
            names = (first.name, second.name)
            pairs.append(Pair(title, names, (a, same[0])))
    return pairs


def pairs_within(run: Run) -> list[Pair]:
    """Each test of a run with the first one of the same videos."""
    pairs, firsts = [], []
    for test in run.tests:
        first = next((f for f in firsts if are_comparable(f, test)), None)
        if first is None:
            firsts.append(test)
        else:
            names = (first.title, test.title)
            pairs.append(Pair(test.list_name, names, (first, test)))
    return pairs


def are_comparable(a: TestRecord, b: TestRecord) -> bool:
    """Whether two tests are of the same videos and classes."""
    if not isinstance(a.kept, ClassPredictions) or not isinstance(
        b.kept, ClassPredictions
    ):
        return False
    if list(a.kept.classes) != list(b.kept.classes):
        return False
    first, second = (
        (test.facts.get('list') or {}).get('sha256') for test in (a, b)
    )
    if first and second:
        return first == second
    listed = (
        sorted([*kept.videos, *_names_of_broken(kept)])
        for kept in (a.kept, b.kept)
    )
    return next(listed) == next(listed)


def _names_of_broken(kept: ClassPredictions) -> list[str]:
    return [line.partition(' (')[0] for line in kept.broken]


def make_duel_section(
    pair: Pair, gallery: Gallery, num_clips: int
) -> DuelSection:
    """Compare two tests, with strips of wins and losses.

    Args:
        pair: The tests.
        gallery: Makes the strips.
        num_clips: How many are made of either.
    """
    a, b = (test.kept for test in pair.tests)
    places = _places_in(b, a)
    chosen = [(i, places[i]) for i in range(len(a.videos)) if i in places]
    first = np.array([a.best[i][0] == a.labels[i] for i, _ in chosen])
    second = np.array([b.best[j][0] == b.labels[j] for _, j in chosen])
    found = duel(first, second)

    # The surest first: what the winner scores.
    wins = sorted(found.wins, key=lambda p: -b.scores[chosen[p][1]][0])
    losses = sorted(found.losses, key=lambda p: -a.scores[chosen[p][0]][0])
    # Each with what the other one says of it.
    won = [(chosen[p][0], a.best[chosen[p][0]][0]) for p in wins]
    lost = [(chosen[p][0], b.best[chosen[p][1]][0]) for p in losses]
    shown_wins, other_wins = _pick(a, won, num_clips)
    shown_losses, other_losses = _pick(a, lost, num_clips)
    return DuelSection(
        pair,
        len(chosen),
        found,
        [_change(a, gallery.show, *item) for item in shown_wins],
        [_change(a, gallery.show, *item) for item in shown_losses],
        [_change(a, gallery.known, *item) for item in other_wins],
        [_change(a, gallery.known, *item) for item in other_losses],
    )


def _pick(
    kept: ClassPredictions, items: Sequence[tuple[int, int]], num: int
) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """Some of different classes, and the others; both in their order."""
    seen: set[tuple[int, int]] = set()
    shown, others = [], []
    for i, said in items:
        kind = (kept.labels[i], said)
        fits = kind not in seen and len(shown) < num
        (shown if fits else others).append((i, said))
        seen.add(kind)
    return shown, others


def _change(
    kept: ClassPredictions,
    show: Callable[[str], Shown],
    i: int,
    said: int,
) -> Change:
    names = kept.classes
    return Change(show(kept.videos[i]), names[kept.labels[i]], names[said])


def _places_in(b: ClassPredictions, a: ClassPredictions) -> dict[int, int]:
    """Where the videos of a stand in b; by name if the folders differ."""
    there = {video: j for j, video in enumerate(b.videos)}
    if not there.keys() & set(a.videos):
        there = {_tail(video): j for video, j in there.items()}
        return {
            i: there[_tail(video)]
            for i, video in enumerate(a.videos)
            if _tail(video) in there
        }
    return {i: there[v] for i, v in enumerate(a.videos) if v in there}


def _tail(path: str) -> str:
    """The file and its folder, as files of two classes may share a name."""
    return '/'.join(path.replace('\\', '/').split('/')[-2:])
