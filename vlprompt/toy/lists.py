"""The lists of the toy world: what every protocol reads."""

import json
from collections.abc import Iterable
from pathlib import Path

from vlprompt.whole_files import write_text

from .descriptions import MOMENTS, WHOLE, describe_look, describe_motion
from .world import (
    SPLITS,
    World,
    class_names,
    clip_file,
    clip_names,
    place_of,
    split_name,
    subsets,
)

SHOTS = (2, 4, 8)
DRAWS = (1, 2, 3)
SHOTS_OF_A_DRAW = 4


def write_lists(world: World, root: Path) -> None:
    """Lists ('path label'), label files (id,name) and captions.

    * ``{base,novel,all}_{train,val}.txt`` and ``_labels.csv``;
    * ``all_train_few_shot_{2,4,8}.txt``, as many clips of each class;
    * ``fs_base_s{1,2,3}_train.txt``, three draws of 4 clips;
    * ``novel_val{1,2,3}.txt``, each without a third of the clips;
    * ``captions_{train,val}.json``, two sentences for each clip;
    * ``descriptions.json``, sentences about each class, and four of each in
      ``descriptions_spatial.json``, how it looks, and
      ``descriptions_temporal.json``, what is seen in its course.
    """
    for subset, names in subsets().items():
        rows = [f'{label},{name}' for label, name in enumerate(names)]
        _write_lines(root / f'{subset}_labels.csv', ['id,name', *rows])
        for split in SPLITS:
            numbers = range(world.num_clips(split))
            write_list(root / f'{subset}_{split}.txt', split, names, numbers)
    names = subsets()
    for shots in SHOTS:
        numbers = range(min(shots, world.num_train))
        path = root / f'all_train_few_shot_{shots}.txt'
        write_list(path, 'train', names['all'], numbers)
    for draw in DRAWS:
        numbers = [
            i
            for i in range(world.num_train)
            if i // SHOTS_OF_A_DRAW % len(DRAWS) == draw - 1
        ]
        path = root / f'fs_base_s{draw}_train.txt'
        write_list(path, 'train', names['base'], numbers or [0])
        numbers = [i for i in range(world.num_val) if i % 3 != draw - 1]
        path = root / f'novel_val{draw}.txt'
        write_list(path, 'val', names['novel'], numbers or [0])
    for split in SPLITS:
        _write_json(
            root / f'captions_{split}.json', describe_clips(world, split)
        )
    for kind, sentences in describe_classes().items():
        _write_json(root / f'{kind}.json', sentences)


def write_list(
    path: Path, split: str, names: Iterable[str], numbers: Iterable[int]
) -> None:
    """Some clips of each class."""
    numbers = list(numbers)
    lines = [
        f'{clip_file(split, name, number)} {label}'
        for label, name in enumerate(names)
        for number in numbers
    ]
    _write_lines(path, lines)


def describe_clips(world: World, split: str) -> dict[str, list[str]]:
    """Two sentences for each clip, by its file.

    Of the clips of a class in the same place one alone is described, so that
    a sentence has one clip.
    """
    captions = {}
    known = set()
    for part, name, number in clip_names(world):
        place = place_of(world, part, name, number)
        if part != split or (name, place) in known:
            continue
        known.add((name, place))
        thing, motion = split_name(name)
        captions[clip_file(part, name, number)] = [
            f'a {thing} {motion} {place}',
            f'{place} there is a {thing}, {motion}',
        ]
    return captions


def describe_classes() -> dict[str, dict[str, list[str]]]:
    """Sentences about each class, by the name of their file."""
    parts = {name: split_name(name) for name in class_names()}
    return {
        'descriptions': {
            name: describe_motion(WHOLE, *both) for name, both in parts.items()
        },
        'descriptions_spatial': {
            name: describe_look(thing) for name, (thing, _) in parts.items()
        },
        'descriptions_temporal': {
            name: describe_motion(MOMENTS, *both)
            for name, both in parts.items()
        },
    }


def _write_json(path: Path, content: dict) -> None:
    write_text(path, json.dumps(content, indent=2) + '\n')


def _write_lines(path: Path, lines: list[str]) -> None:
    write_text(path, '\n'.join(lines) + '\n')
