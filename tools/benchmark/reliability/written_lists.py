"""Lists in every format, and what they mean.

The readings here are made apart from the library: they are what the campaign
compares it with.
"""

import csv
import io
import json
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

import yaml

Names = tuple[str, ...]
VERBS = ('run', 'throw', 'ride', 'paint', 'open', 'carry', 'fold', 'push')
THINGS = ('a bike', 'a door', 'dough', 'the wall', 'a Frisbee', 'paper')
NO_LINES = re.compile(r'[\r\n]+')


def draw_names(rng: random.Random) -> Names:
    """A few class names that differ."""
    names = [f'{verb} {thing}' for verb in VERBS for thing in THINGS]
    return tuple(rng.sample(names, rng.randint(3, 9)))


def _csv(rows: Sequence[Sequence[Any]], separator: str = ',') -> str:
    file = io.StringIO()
    csv.writer(file, delimiter=separator, lineterminator='\n').writerows(rows)
    return file.getvalue()


def _numbered(names: Names) -> list[tuple[int, str]]:
    return list(enumerate(names))


def _dump(content: Any) -> str:
    return json.dumps(content, indent=1, ensure_ascii=False)


# How names are written, by the name of the file
WRITERS: dict[str, Callable[[Names], str]] = {
    'names.txt': lambda names: '\n'.join([*names, '']),
    'names.csv': lambda names: _csv([('id', 'name'), *_numbered(names)]),
    'names.tsv': lambda names: _csv([('id', 'name'), *_numbered(names)], '\t'),
    'list.json': lambda names: _dump(list(names)),
    'ids.json': lambda names: _dump({n: i for i, n in enumerate(names)}),
    'names.json': lambda names: _dump(
        {str(i): n for i, n in _numbered(names)}
    ),
    'names.yaml': lambda names: yaml.safe_dump(list(names)),
    'classInd.txt': lambda names: ''.join(
        f'{i} {name}\n' for i, name in enumerate(names, 1)
    ),
}


def lines_of(text: str) -> list[str]:
    """The lines that are not empty, as editors show them."""
    lines = [line.strip() for line in NO_LINES.split(text)]
    return [line for line in lines if line]


def read_names(file: str, data: bytes) -> Names | None:
    """What a class list says, to the letter; None if it says nothing.

    Args:
        file: A key of ``WRITERS``.
        data: Its bytes.
    """
    try:
        text = data.decode('utf-8-sig')
        if file.endswith('.json'):
            return _of_content(json.loads(text, object_pairs_hook=_unique))
        if file.endswith('.yaml'):
            return _of_content(yaml.safe_load(text))
        if file == 'names.txt':
            return tuple(lines_of(text))
        if file == 'classInd.txt':
            pairs = [line.split(None, 1) for line in lines_of(text)]
            return _by_id([(int(i) - 1, name) for i, name in pairs])
        separator = '\t' if file.endswith('.tsv') else ','
        head, *rows = csv.reader(io.StringIO(text), delimiter=separator)
        if [word.strip().lower() for word in head] != ['id', 'name']:
            return None
        return _by_id(
            [(int(i), name.strip()) for i, name in filter(None, rows)]
        )
    except (ValueError, yaml.YAMLError, csv.Error):
        return None


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({key for key, _ in pairs}) < len(pairs):
        raise ValueError('a key is there twice')
    return dict(pairs)


def _of_content(content: Any) -> Names | None:
    if isinstance(content, dict):
        pairs = content.items()
        if all(isinstance(value, int) for value in content.values()):
            pairs = [(i, name) for name, i in pairs]
        return _by_id([(int(i), name) for i, name in pairs])
    if isinstance(content, list) and all(isinstance(n, str) for n in content):
        return tuple(name.strip() for name in content)
    return None


def _by_id(pairs: Sequence[tuple[int, Any]]) -> Names | None:
    pairs = sorted(pairs)
    if [i for i, _ in pairs] != list(range(len(pairs))):
        return None
    names = [name for _, name in pairs]
    return tuple(names) if all(isinstance(n, str) for n in names) else None


def read_captions_of(data: bytes) -> list[tuple[str, list[str]]] | None:
    """What a file of captions says, to the letter; None if nothing."""
    try:
        content = json.loads(
            data.decode('utf-8-sig'), object_pairs_hook=_unique
        )
        if isinstance(content, dict):
            pairs = list(content.items())
        else:
            pairs = [(entry['video'], entry['caption']) for entry in content]
    except (ValueError, KeyError, TypeError):
        return None
    captions: dict[str, list[str]] = {}
    for video, texts in pairs:
        texts = [texts] if isinstance(texts, str) else texts
        captions.setdefault(video, []).extend(texts)
    return list(captions.items())
