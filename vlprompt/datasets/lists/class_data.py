"""Class names in files of data: JSON and YAML."""

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from vlprompt.errors import UserError

from .class_ids import WHERE, ClassFile, read_mapping
from .text_files import read_text

BREAKS = re.compile('[\x85\u2028\u2029]')
INSIDE = ('classes', 'names')


def read_json(path: Path) -> ClassFile:
    """Read a list of names, ``{name: id}`` or ``{id: name}``."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        return _unique(pairs, path)

    text = read_text(path)
    try:
        content = json.loads(text, object_pairs_hook=unique)
    except UserError:
        raise
    except (ValueError, RecursionError) as error:
        raise UserError(f'{path} is not JSON: {error}') from error
    return _from_data(content, path)


def read_yaml(path: Path) -> ClassFile:
    """Read the same; ids and names may be below ``names`` as for YOLO."""

    class Loader(yaml.SafeLoader):
        """Refuses a key that comes twice."""

    def mapping(loader: Loader, node: yaml.MappingNode) -> dict:
        pairs = loader.construct_pairs(node, deep=True)
        return _unique(pairs, path)

    Loader.add_constructor('tag:yaml.org,2002:map', mapping)
    text = read_text(path)
    if BREAKS.search(text):  # which YAML 1.1 folds into the names
        raise UserError(
            f'{path} has a line separator of Unicode in it (U+0085, U+2028 or '
            'U+2029), expected none'
        )
    try:
        content = yaml.load(text, Loader)
    except UserError:
        raise
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        line = ' '.join(str(error).split())
        raise UserError(f'{path} is not YAML: {line[:200]}') from error
    return _from_data(content, path)


def _unique(pairs: Iterable[tuple[Any, Any]], path: Path) -> dict:
    found: dict = {}
    for key, value in pairs:
        if key in found:
            raise UserError(f'{path} has two entries {key!r}')
        found[key] = value
    return found


def _from_data(content: Any, path: Path) -> ClassFile:
    if isinstance(content, dict):
        inside = [key for key in INSIDE if key in content]
        if len(inside) == 1 and isinstance(content[inside[0]], dict | list):
            content = content[inside[0]]
    if not content:
        raise UserError(f'the class list {path} is empty')
    if isinstance(content, dict):
        return read_mapping(content, str(path))
    if not isinstance(content, list):
        raise UserError(
            f'{path} holds {repr(content)[:100]}, expected a list of names, '
            f'{{name: id}} or {{id: name}} {WHERE}'
        )
    return ClassFile(tuple(content))
