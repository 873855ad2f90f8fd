"""Whether lists of K videos of each class are what they should be."""

import re
from argparse import Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from vlprompt.datasets.lists.annotations import LabelledVideo

from .checks import (
    NOT_CHECKED,
    Check,
    check_apart,
    check_part,
    check_shots,
    first_difference,
    judge,
    read_split,
)
from .counts import count_videos
from .draws import DRAWS, Draw, draw_videos
from .folder import SIDECAR
from .inputs import Inputs

NAMES = re.compile(r'train(?:\d*_few_shot|_subset)_(\d+)(?:_s\d+)?\.txt')


class DrawnFile(NamedTuple):
    """A list of K videos of each class.

    Args:
        path: Where it is.
        shots: K.
        entry: What ``splits.json`` says about it.
        redraw: Repeats a draw.
    """

    path: Path
    shots: int
    entry: dict
    redraw: Callable[[Draw], list[LabelledVideo]]


def verify_draws(
    args: Namespace, inputs: Inputs, sidecar: dict[str, dict]
) -> Iterator[Check]:
    """Check the few-shot lists and subsets of a folder."""
    found = (NAMES.fullmatch(path.name) for path in args.splits.iterdir())
    names = {match[0]: int(match[1]) for match in found if match}

    def redraw(draw: Draw) -> list[LabelledVideo]:
        labels = range(len(inputs.class_names))
        return draw_videos(inputs.train, labels, draw)

    for name, shots in sorted(names.items(), key=lambda item: item[::-1]):
        entry = sidecar.get(name, {})
        file = DrawnFile(args.splits / name, shots, entry, redraw)
        yield from check_drawn_file(args, inputs, file)


def check_drawn_file(
    args: Namespace, inputs: Inputs, file: DrawnFile
) -> Iterator[Check]:
    """Check a list of K videos of each class.

    Args:
        args: Says whether classes may have fewer.
        inputs: The videos that it was drawn from, with its labels, and those
            that must not be in it.
        file: The list.
    """
    name = file.path.name
    videos, check = read_split(file.path, inputs.class_names)
    yield check
    if videos is None:
        return
    shots = [file.shots] * len(inputs.class_names)
    if args.allow_fewer and inputs.train is not None:
        counts = count_videos(inputs.train, len(inputs.class_names))
        shots = [min(file.shots, count) for count in counts]
    yield check_shots(name, videos, shots)
    if inputs.val is None:
        yield Check(name, 'no test video', NOT_CHECKED, 'needs --val')
    else:
        yield check_apart(name, videos, inputs.val)
    if inputs.train is None:
        yield Check(name, 'training videos', NOT_CHECKED, 'needs --train')
        return
    yield check_part(name, videos, inputs.train)
    yield _check_redrawn(file, videos)


def _check_redrawn(file: DrawnFile, videos: list[LabelledVideo]) -> Check:
    kind, seed = file.entry.get('draw'), file.entry.get('seed')
    if kind not in DRAWS or not isinstance(seed, int):
        detail = f'no entry in {SIDECAR}'
        return Check(file.path.name, 'drawn again', NOT_CHECKED, detail)
    expected = file.redraw(DRAWS[kind](seed, file.shots))
    rule = f'drawn again, {kind}, seed {seed}'
    lines, others = (
        [f'{video.path} {video.label}' for video in part]
        for part in (videos, expected)
    )
    return judge(file.path.name, rule, first_difference(lines, others))
