"""Comparisons of split files with what they should be."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.datasets.lists.spelling import video_key
from vlprompt.errors import UserError

from .lists import read_videos

OK, FAILED, NOT_CHECKED = 'ok', 'FAILED', 'not checked'
ORDER = 'the order of the rule'


class Check(NamedTuple):
    """One line of the table.

    Args:
        file: What was checked.
        rule: What should be.
        result: ``'ok'``, ``'FAILED'`` or ``'not checked'``.
        detail: Why it is not ok.
    """

    file: str
    rule: str
    result: str
    detail: str = ''


def judge(file: str, rule: str, problem: str) -> Check:
    """A check that failed if there is a problem."""
    return Check(file, rule, FAILED if problem else OK, problem)


def read_split(
    file: Path, class_names: Sequence[str]
) -> tuple[list[LabelledVideo] | None, Check]:
    """Read a list; what cannot be read is a failed check."""
    rule = f'"path label", ids 0 to {len(class_names) - 1}, no video twice'
    try:
        return read_videos(file, class_names), Check(file.name, rule, OK)
    except UserError as error:
        return None, Check(file.name, rule, FAILED, str(error))


def compare_names(
    file: str, found: Sequence[str], expected: Sequence[str]
) -> Check:
    """Whether a class list has the expected names in their order."""
    rule = 'the classes of the rule, in order'
    if len(found) != len(expected):
        problem = f'{len(found)} classes, expected {len(expected)}'
        return judge(file, rule, problem)
    pairs = enumerate(zip(found, expected, strict=True))
    wrong = [
        f'id {i} is {name!r}, expected {other!r}'
        for i, (name, other) in pairs
        if name != other
    ]
    return judge(file, rule, _first(wrong))


def compare_videos(
    file: str,
    found: Sequence[LabelledVideo],
    expected: Sequence[LabelledVideo],
) -> list[Check]:
    """Whether a list has the expected videos, ids and order."""
    labels = dict(expected)
    missing = labels.keys() - {video.path for video in found}
    strange = [f'{v.path!r} is extra' for v in found if v.path not in labels]
    problems = [f'{path!r} is missing' for path in sorted(missing)] + strange
    wrong = [
        f'{video.path!r} has id {video.label}, expected {labels[video.path]}'
        for video in found
        if labels.get(video.path, video.label) != video.label
    ]
    paths = [video.path for video in expected]
    order = [video.path for video in found]
    return [
        judge(file, 'the videos of the rule', _first(problems)),
        judge(file, 'the ids of the rule', _first(wrong)),
        judge(file, ORDER, first_difference(order, paths)),
    ]


def first_difference(found: Sequence, expected: Sequence) -> str:
    """The first line in which two lists differ, empty if they are equal."""
    both = min(len(found), len(expected))
    pairs = zip(found[:both], expected[:both], strict=True)
    for number, (one, other) in enumerate(pairs, 1):
        if one != other:
            return f'line {number} is {one!r}, expected {other!r}'
    if len(found) != len(expected):
        return f'{len(found)} lines, expected {len(expected)}'
    return ''


def check_shots(
    file: str, found: Iterable[LabelledVideo], expected: Sequence[int]
) -> Check:
    """Whether each class has as many videos as expected."""
    counts = Counter(video.label for video in found)
    wrong = [
        f'class {label} has {counts[label]}, expected {number}'
        for label, number in enumerate(expected)
        if counts[label] != number
    ]
    ends = dict.fromkeys((min(expected), max(expected)))
    shots = ' to '.join(str(number) for number in ends)
    return judge(file, f'{shots} videos of each class', _first(wrong))


def check_part(
    file: str,
    found: Iterable[LabelledVideo],
    train: Iterable[LabelledVideo],
) -> Check:
    """Whether videos are training videos, with the same ids."""
    known = set(train)
    wrong = [f'{v.path!r} {v.label}' for v in found if v not in known]
    return judge(file, 'training videos with their ids', _first(wrong))


def check_apart(
    file: str, found: Iterable[LabelledVideo], val: Iterable[LabelledVideo]
) -> Check:
    """Whether no video is a test video."""
    paths = {video_key(video.path) for video in val}
    shared = [repr(v.path) for v in found if video_key(v.path) in paths]
    return judge(file, 'no test video', _first(shared))


def _first(problems: Sequence[str]) -> str:
    """The first problem, and how many there are."""
    if len(problems) < 2:
        return ''.join(problems)
    return f'{problems[0]} (and {len(problems) - 1} more)'
