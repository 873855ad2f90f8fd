"""Whether zero-shot splits of Kinetics-600 follow the rule."""

import re
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from vlprompt.datasets import load_class_names
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
from .folder import SIDECAR
from .halves import renumber
from .inputs import Inputs
from .kinetics600 import draw_names, new_names

ALL = 'zero_shot_labels.csv'
DRAWN = re.compile(r'zero_shot_s\d+_labels\.csv')


def verify_zero_shot(
    args: Namespace, inputs: Inputs, sidecar: dict[str, dict]
) -> Iterator[Check]:
    """Check the zero-shot class lists and their videos of a folder."""
    names = sorted(path.name for path in args.splits.iterdir())
    files = [name for name in names if name == ALL or DRAWN.fullmatch(name)]
    if not files:
        return
    new = new_names(inputs.class_names, load_class_names(args.trained_on))
    for name in files:
        path = args.splits / name
        try:
            found = load_class_names(path)
        except UserError as error:
            yield Check(name, 'id,name', FAILED, str(error))
            continue
        if name == ALL:
            yield compare_names(name, found, new)
            continue
        strange = [repr(other) for other in found if other not in new]
        yield judge(name, 'new classes', ', '.join(strange[:1]))
        yield _check_drawn(name, found, new, sidecar.get(name, {}))
        val = path.with_name(name.replace('_labels.csv', '_val.txt'))
        if val.is_file() and not strange:
            yield from _check_val(val, found, inputs)


def _check_drawn(
    name: str, found: tuple[str, ...], new: list[str], entry: dict
) -> Check:
    seed = entry.get('seed')
    if not isinstance(seed, int):
        detail = f'no entry in {SIDECAR}'
        return Check(name, 'drawn again', NOT_CHECKED, detail)
    number = min(len(found), len(new))
    check = compare_names(name, found, draw_names(new, number, seed))
    return check._replace(rule=f'drawn again, seed {seed}')


def _check_val(
    path: Path, names: tuple[str, ...], inputs: Inputs
) -> Iterator[Check]:
    videos, check = read_split(path, names)
    yield check
    if videos is None:
        return
    if inputs.val is None:
        yield Check(path.name, 'the rule', NOT_CHECKED, 'needs --val')
        return
    labels = [inputs.class_names.index(name) for name in names]
    yield from compare_videos(path.name, videos, renumber(inputs.val, labels))
