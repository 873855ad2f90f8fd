"""What a config reads, found to be missing before anything takes long."""

import importlib.util
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config

from vlprompt.datasets.lists.class_names import class_names_of
from vlprompt.datasets.lists.descriptions import (
    describe_classes,
    description_files,
    descriptions_of,
)
from vlprompt.errors import UserError, docs_url
from vlprompt.missing_packages import missing_package_line
from vlprompt.weights import split_place
from vlprompt.weights.file_format import file_format

CHECKPOINT, CLIP_WEIGHTS = 'checkpoint', 'file of CLIP weights'
LIST = 'list'
CLASS_LIST = 'class list'
DESCRIPTIONS = 'file of class descriptions'
WEIGHTS = ('.pt', '.pth', '.bin', '.safetensors', '.ckpt')
# Packages that parts of a pipeline import when they are used.
NEEDS = {'DecordInit': 'decord', 'PyAVInit': 'av'}


class Input(NamedTuple):
    """A file or a folder that a config names.

    Attributes:
        kind: What it is, in words.
        path: Where it must be.
    """

    kind: str
    path: str


def inputs_of(config: Config, *loaders: str) -> Iterator[Input]:
    """The files and folders that a model and some loaders read.

    Args:
        config: The config.
        loaders: ``'train'``, ``'val'``, ``'test'``; those that there are.
    """
    clip = (config.get('model') or {}).get('clip') or {}
    for key in ('pretrained', 'finetuned'):
        path = clip.get(key)
        if isinstance(path, str) and _is_file_name(path):
            yield Input(CLIP_WEIGHTS, path)
    for path in description_files(_texts(config)):
        yield Input(DESCRIPTIONS, path)
    if config.get('load_from'):
        yield Input(CHECKPOINT, config.load_from)
    for dataset in data_sets(config, *loaders):
        yield from _inputs_of_data(dataset)


def check_inputs(config: Config, *loaders: str) -> None:
    """Name what is missing of what a command is about to read.

    Args:
        config: The config.
        loaders: As of :func:`inputs_of`.

    Raises:
        UserError: If a file, a folder or a package is missing, weights are
            something else, a class list does not fit, or a class lacks the
            sentences that texts describe it by.
    """
    for kind, path in inputs_of(config, *loaders):
        if '://' in path:
            continue
        if kind in (CHECKPOINT, CLIP_WEIGHTS):
            file_format(Path(split_place(path)[0]).expanduser(), kind)
        elif is_missing(path):
            raise UserError(
                f'no {kind} at {path} ({docs_url("data#layout")} says what '
                'belongs there)'
            )
    for dataset in data_sets(config, *loaders):
        names = class_names_of(dataset)
        for descriptions in descriptions_of(_texts(config)):
            describe_classes(descriptions, names)
        _check_packages(dataset.get('pipeline') or ())


def _texts(config: Config) -> Mapping[str, Any]:
    return (config.get('model') or {}).get('texts') or {}


def is_missing(path: str) -> bool:
    """Whether a local file or folder is not there."""
    if '://' in path:
        return False
    names = (path, path.partition('::')[0])  # FILE::PLACE
    paths = [Path(name).expanduser() for name in names]
    return not any(p.exists() or p.is_symlink() for p in paths)


def data_sets(config: Config, *loaders: str) -> Iterator[dict[str, Any]]:
    """The data sets of some loaders, those inside of wrappers too."""
    for name in loaders:
        loader = config.get(f'{name}_dataloader') or {}
        yield from _unwrapped(loader.get('dataset') or {})


def _unwrapped(dataset: Any) -> Iterator[dict[str, Any]]:
    if not isinstance(dataset, Mapping):
        return
    inner = [dataset.get('dataset'), *(dataset.get('datasets') or ())]
    inner = [part for part in inner if part]
    for part in inner:
        yield from _unwrapped(part)
    if dataset and not inner:
        yield dataset


def _inputs_of_data(dataset: Mapping[str, Any]) -> Iterator[Input]:
    root = dataset.get('data_root') or ''
    if dataset.get('ann_file'):
        yield Input(LIST, os.path.join(root, dataset['ann_file']))
    classes = dataset.get('classes')
    if isinstance(classes, str) and Path(classes).is_file():
        yield Input(CLASS_LIST, classes)
    prefixes = dataset.get('data_prefix') or {}
    for prefix in prefixes.values():
        if isinstance(prefix, str) and prefix:
            yield Input('folder of videos', os.path.join(root, prefix))


def _is_file_name(name: str) -> bool:
    """Whether it can be no tag of open_clip, which has no such signs."""
    return name.endswith(WEIGHTS) or '/' in name or os.sep in name


def _check_packages(pipeline: Iterable[Any]) -> None:
    for part in pipeline:
        kind = part.get('type') if isinstance(part, Mapping) else None
        name = NEEDS.get(str(kind).rpartition('.')[2])
        if name and importlib.util.find_spec(name) is None:
            error = ModuleNotFoundError(f'No module named {name!r}')
            raise UserError(missing_package_line(error)) from error
