"""Whether base and novel classes, and their videos, follow the rule."""

import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from vlprompt.datasets import load_class_names
from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.errors import UserError

from .checks import (
    FAILED,
    NOT_CHECKED,
    Check,
    compare_names,
    compare_videos,
    judge,
    read_split,
)
from .draws import Draw, draw_videos
from .halves import Halves, renumber, split_classes
from .inputs import Inputs
from .verify_draws import DrawnFile, check_drawn_file

LABELS = ('base_labels.csv', 'novel_labels.csv')
LISTS = ('base_train.txt', 'base_val.txt', 'novel_val.txt')
DRAWN = re.compile(r'fs_base_s\d+_train\.txt')
SHOTS = 16  # of the published lists


def verify_halves(
    args: Namespace, inputs: Inputs, sidecar: dict[str, dict]
) -> Iterator[Check]:
    """Check the files of base to novel of a folder."""
    names = sorted(path.name for path in args.splits.iterdir())
    drawn = [name for name in names if DRAWN.fullmatch(name)]
    lists = [name for name in LISTS if name in names]
    given = (args.base_labels, args.novel_labels)
    labels = [
        source or str(args.splits / name)
        for source, name in zip(given, LABELS, strict=True)
        if source or name in names
    ]
    if not (drawn or lists or labels):
        return
    if inputs.counts is None:
        for name in [*labels, *lists, *drawn]:
            detail = 'needs --train or --counts'
            yield Check(Path(name).name, 'the rule', NOT_CHECKED, detail)
        return
    halves = split_classes(inputs.counts)
    if len(labels) == len(LABELS):
        yield from _check_labels(inputs, halves, labels)
    yield from _check_lists(args, inputs, halves, lists)
    yield from _check_draws(args, inputs, halves, drawn, sidecar)


def _check_labels(
    inputs: Inputs, halves: Halves, labels: list[str]
) -> Iterator[Check]:
    found = []
    for source, ids in zip(labels, halves, strict=True):
        name = Path(source).name
        try:
            found.append(load_class_names(source))
        except UserError as error:
            yield Check(name, 'id,name', FAILED, str(error))
            return
        expected = [inputs.class_names[i] for i in ids]
        yield compare_names(name, found[-1], expected)
    base, novel = found
    names = f'{Path(labels[0]).name}, {Path(labels[1]).name}'
    shared = sorted({*base} & {*novel})
    yield judge(names, 'no class in both', ', '.join(shared))
    others = sorted({*base, *novel} ^ {*inputs.class_names})
    yield judge(names, 'all classes together', ', '.join(others))


def _check_lists(
    args: Namespace, inputs: Inputs, halves: Halves, lists: list[str]
) -> Iterator[Check]:
    """Check against the rule, and val lists against each other."""
    tested: list[set[str]] = []
    for name in lists:
        half, _, split = name.removesuffix('.txt').partition('_')
        ids = getattr(halves, half)
        names = [inputs.class_names[i] for i in ids]
        videos, check = read_split(args.splits / name, names)
        yield check
        source = getattr(inputs, split)
        if videos is None:
            continue
        if split == 'val':
            tested.append({video.path for video in videos})
        if source is None:
            detail = f'needs --{split}'
            yield Check(name, 'the rule', NOT_CHECKED, detail)
        else:
            yield from compare_videos(name, videos, renumber(source, ids))
    if len(tested) == 2 and inputs.val is not None:
        yield from _check_complete(inputs.val, *tested)


def _check_complete(
    val: list[LabelledVideo], base: set[str], novel: set[str]
) -> Iterator[Check]:
    names = 'base_val.txt, novel_val.txt'
    yield judge(names, 'no video in both', ', '.join(sorted(base & novel)[:1]))
    others = sorted((base | novel) ^ {video.path for video in val})
    yield judge(names, 'all test videos together', ', '.join(others[:1]))


def _check_draws(
    args: Namespace,
    inputs: Inputs,
    halves: Halves,
    drawn: list[str],
    sidecar: dict[str, dict],
) -> Iterator[Check]:
    train = None
    if inputs.train is not None:
        train = renumber(inputs.train, halves.base)
    names = tuple(inputs.class_names[i] for i in halves.base)
    source = inputs._replace(class_names=names, train=train)

    def redraw(draw: Draw) -> list[LabelledVideo]:
        videos = draw_videos(inputs.train, halves.base, draw)
        return renumber(videos, halves.base)

    for name in drawn:
        entry = sidecar.get(name, {})
        shots = args.shots or entry.get('shots', SHOTS)
        file = DrawnFile(args.splits / name, shots, entry, redraw)
        yield from check_drawn_file(args, source, file)
