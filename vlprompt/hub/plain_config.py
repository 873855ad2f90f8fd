"""Configs that others have made: plain values, and nothing that is run.

MMEngine builds whatever a ``type`` names, also functions of any module that
can be imported (``'os.system'``), and imports what ``custom_imports`` lists.
A config from a folder may name parts of this library and transforms of
MMAction2, and files of its own folder, and that is all.
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from open_clip.pretrained import list_pretrained_tags_by_model

from vlprompt.errors import UserError
from vlprompt.registry import DATASETS, MODELS, TRANSFORMS

CLIP_FILE = 'clip.safetensors'
KEYS = {'default_scope', 'model', 'test_dataloader'}
REFUSED = ('_scope_', '_base_', '_delete_', 'init_cfg', 'load_from')
MODULES = (
    'vlprompt.models.',
    'vlprompt.datasets.',
    'mmaction.datasets.transforms.',
    'mmaction.models.data_preprocessors.',
    'mmcv.transforms.',
)
PLAIN = (str, int, float, bool, type(None))


def check_plain(config: dict[str, Any], where: str | Path) -> None:
    """Refuse a config that could do more than describe a model.

    Args:
        config: Of JSON, or to be written as JSON.
        where: Where it is from, for errors.

    Raises:
        UserError: If it has other keys than a model and a pipeline, values
            that are not JSON's, types of elsewhere, or files of elsewhere.
    """
    if 'custom_imports' in config:
        raise UserError(
            f'{where} asks for custom_imports, which are code: a folder '
            'describes models made of parts of this library alone'
        )
    if others := [key for key in config if key not in KEYS]:
        raise UserError(f'{where} has the key {others[0]!r}: not a model')
    for key in ('model', 'test_dataloader'):
        if not isinstance(config.get(key), dict):
            raise UserError(f'{where} has no {key}')
    if config.get('default_scope') != 'vlprompt':
        raise UserError(f"{where}: default_scope 'vlprompt' expected")
    check_values(config, where)
    if config['model'].get('type') != 'VideoTextRecognizer':
        raise UserError(f'{where}: a model VideoTextRecognizer expected')
    _check_clip(config['model'].get('clip'), where)
    _check_data(config['test_dataloader'], where)


def check_values(config: dict[str, Any], where: str | Path) -> None:
    """Refuse values that are not JSON's, and types of elsewhere.

    Args:
        config: Of any keys.
        where: Where it is from, for errors.

    Raises:
        UserError: If there are any.
    """
    for path, value in _walk(config):
        _check_value(path, value, where)


@cache
def registered_names() -> dict[str, str]:
    """The modules of all types that a config may name."""
    found: dict[str, str] = {}
    for registry in (MODELS, TRANSFORMS, DATASETS):
        registry.import_from_location()
        level = registry
        while level is not None:
            for name, part in level.module_dict.items():
                found.setdefault(name, f'{part.__module__}.')
            level = level.parent
    return {
        name: module
        for name, module in found.items()
        if module.startswith(MODULES)
    }


def _walk(value: Any, path: str = '') -> Iterator[tuple[str, Any]]:
    yield path, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f'{path}.{key}'.lstrip('.'))
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from _walk(inner, f'{path}.{i}')


def _check_value(path: str, value: Any, where: str | Path) -> None:
    if not isinstance(value, (*PLAIN, dict, list, tuple)):
        raise UserError(
            f'{where}: {path} is a {type(value).__name__}, which JSON cannot '
            'hold'
        )
    if not isinstance(value, dict):
        return
    if wrong := [key for key in value if not isinstance(key, str)]:
        raise UserError(f'{where}: the key {wrong[0]!r} of {path} is no text')
    if wrong := [key for key in REFUSED if value.get(key) is not None]:
        raise UserError(f'{where}: {path} has the key {wrong[0]!r}')
    kind = value.get('type')
    known = isinstance(kind, str) and kind in registered_names()
    if 'type' in value and not known:
        raise UserError(
            f'{where}: {path} has the type {kind!r}, which is not a part of '
            'this library'
        )


def _check_clip(clip: Any, where: str | Path) -> None:
    if not isinstance(clip, dict) or set(clip) - {'arch', 'pretrained'}:
        raise UserError(
            f'{where}: model.clip={clip!r}, expected arch and pretrained'
        )
    arch, weights = clip.get('arch'), clip.get('pretrained')
    if isinstance(arch, dict):
        # A name in here would be looked up, and loaded, by open_clip.
        texts = [p for p, value in _walk(arch) if isinstance(value, str)]
        if texts:
            raise UserError(f'{where}: {texts[0]} of model.clip.arch is text')
    elif not isinstance(arch, str):
        raise UserError(f'{where}: model.clip.arch={arch!r}')
    if weights not in (None, CLIP_FILE) and not is_tag(arch, weights):
        raise UserError(
            f'{where}: model.clip.pretrained={weights!r}, expected '
            f"{CLIP_FILE} or a tag of open_clip's"
        )


def is_tag(arch: str | dict, weights: Any) -> bool:
    """Whether weights are a tag of open_clip's, not a file."""
    return isinstance(arch, str) and weights in list_pretrained_tags_by_model(
        arch
    )


def _check_data(loader: dict[str, Any], where: str | Path) -> None:
    dataset = loader.get('dataset')
    if set(loader) != {'dataset'} or not isinstance(dataset, dict):
        raise UserError(f'{where}: test_dataloader with a dataset alone')
    keys = {'type', 'pipeline', 'classes', 'test_mode'}
    if others := sorted(set(dataset) - keys):
        raise UserError(f'{where}: the test data have the key {others[0]!r}')
    steps, names = dataset.get('pipeline'), dataset.get('classes', [])
    if not isinstance(steps, list) or not all(
        isinstance(step, dict) and 'type' in step for step in steps
    ):
        raise UserError(f'{where}: the test data have no pipeline')
    for path, value in _walk(steps):
        if isinstance(value, str) and ('/' in value or '\\' in value):
            raise UserError(f'{where}: step {path} names a file: {value!r}')
    if not isinstance(names, list) or not all(
        isinstance(name, str) for name in names
    ):
        raise UserError(f'{where}: classes of the test data are no texts')
