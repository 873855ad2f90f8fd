"""What people and programs do to text files."""

import json
import random
from collections.abc import Callable
from typing import NamedTuple

from .written_lists import WRITERS, Names

LATIN, SEPARATOR = 'Latin-1', 'U+2028, no line end'
# Letters that these change, so that there is something to be read wrongly
SPELLINGS = {LATIN: ('a', '\xe9'), SEPARATOR: ('w', 'w\u2028')}


class Written(NamedTuple):
    """A file that was changed.

    Attributes:
        file: Its name.
        data: Its bytes.
        allowed: The readings that are right, besides a clear error.
    """

    file: str
    data: bytes
    allowed: tuple


def _empty_lines(text: str) -> str:
    return '\n' + text.replace('\n', '\n\n') + '\n \n'


# Of the bytes, so that the meaning stays
ENCODINGS: dict[str, Callable[[str], bytes]] = {
    'as it was': str.encode,
    'byte order mark': lambda text: text.encode('utf-8-sig'),
    'UTF-16': lambda text: text.encode('utf-16'),
    'Windows line ends': lambda text: text.replace('\n', '\r\n').encode(),
    'old Mac line ends': lambda text: text.replace('\n', '\r').encode(),
    'empty lines': lambda text: _empty_lines(text).encode(),
    'spaces at line ends': lambda text: text.replace('\n', '  \n').encode(),
    'no last line end': lambda text: text.rstrip('\n').encode(),
    LATIN: lambda text: spell(LATIN, text).encode('latin-1'),
    SEPARATOR: lambda text: spell(SEPARATOR, text).encode(),
}


def encode(rng: random.Random, text: str) -> tuple[str, bytes]:
    """Change how a text is stored; the name of the change and the bytes."""
    name = rng.choice(list(ENCODINGS))
    return name, ENCODINGS[name](text)


def spell(change: str, text: str) -> str:
    """What a change of the encoding makes of a part of the text."""
    return text.replace(*SPELLINGS.get(change, ('', '')))


def change_names(rng: random.Random, names: Names) -> tuple[str, Written]:
    """Change a class list; the name of the change and what is there then."""
    file = rng.choice(list(WRITERS))
    changes = [_encoded, _capital_suffix, _headed, _repeated, _other_case]
    if file not in ('names.txt', 'classInd.txt', 'names.yaml'):
        changes += [_without_name]
    if file.endswith(('.csv', '.tsv')) or file in ('ids.json', 'names.json'):
        changes += [_shuffled, _from_one, _gap]
    if file.endswith('.csv'):
        changes += [_swapped_columns, _semicolons]
    if file in ('list.json', 'names.yaml'):
        changes += [_number]
    change = rng.choice(changes)
    what = change.__name__.strip('_').replace('_', ' ')
    return f'{file}, {what}', change(rng, file, names)


def _encoded(rng: random.Random, file: str, names: Names) -> Written:
    name, data = encode(rng, WRITERS[file](names))
    names = tuple(spell(name, each) for each in names)
    return Written(file, data, (names,))


def _capital_suffix(rng: random.Random, file: str, names: Names) -> Written:
    stem, suffix = file.split('.')
    return Written(
        f'{stem}.{suffix.upper()}', WRITERS[file](names).encode(), (names,)
    )


def _headed(rng: random.Random, file: str, names: Names) -> Written:
    """A header where there is none, and none where there is one."""
    text = WRITERS[file](names)
    if file.endswith('.txt'):
        head = 'id name\n' if file == 'classInd.txt' else 'name\n'
        text = head + text
    elif file.endswith(('.csv', '.tsv')):
        text = text.split('\n', 1)[1]
    return Written(file, text.encode(), (names,))


def _repeated(rng: random.Random, file: str, names: Names) -> Written:
    names = (*names, rng.choice(names))
    return Written(
        file, WRITERS[file](names).encode(), _if_mapped(file, names)
    )


def _if_mapped(file: str, names: Names) -> tuple:
    """Names as keys cannot be there twice: the writer has dropped one.

    What is left may be ids from 1.
    """
    if file != 'ids.json':
        return ()
    ids = json.loads(WRITERS[file](names))
    first = min(ids.values())
    whole = range(first, first + len(ids))
    if first > 1 or sorted(ids.values()) != [*whole]:
        return ()
    return (tuple(sorted(ids, key=ids.get)),)


def _other_case(rng: random.Random, file: str, names: Names) -> Written:
    """CLIP's tokenizer makes no difference between the two."""
    names = (*names, rng.choice(names).upper())
    return Written(file, WRITERS[file](names).encode(), ())


def _without_name(rng: random.Random, file: str, names: Names) -> Written:
    names = (*names[:-1], '')
    return Written(file, WRITERS[file](names).encode(), ())


def _shuffled(rng: random.Random, file: str, names: Names) -> Written:
    """Rows in another order, each with its id."""
    text = WRITERS[file](names)
    if file.endswith('.json'):
        pairs = list(json.loads(text).items())
        text = json.dumps(dict(rng.sample(pairs, len(pairs))))
    else:
        head, *rows = text.splitlines()
        text = '\n'.join([head, *rng.sample(rows, len(rows))])
    return Written(file, text.encode(), (names,))


def _renumbered(file: str, names: Names, ids: list[int]) -> bytes:
    pairs = list(zip(ids, names, strict=True))
    if file == 'ids.json':
        return json.dumps({name: i for i, name in pairs}).encode()
    if file == 'names.json':
        return json.dumps({str(i): name for i, name in pairs}).encode()
    separator = '\t' if file.endswith('.tsv') else ','
    rows = [f'{i}{separator}{name}' for i, name in [('id', 'name'), *pairs]]
    return '\n'.join(rows).encode()


def _from_one(rng: random.Random, file: str, names: Names) -> Written:
    ids = list(range(1, len(names) + 1))
    return Written(file, _renumbered(file, names, ids), (names,))


def _gap(rng: random.Random, file: str, names: Names) -> Written:
    ids = [*range(len(names) - 1), len(names)]
    return Written(file, _renumbered(file, names, ids), ())


def _swapped_columns(rng: random.Random, file: str, names: Names) -> Written:
    rows = ['name,id', *(f'{name},{i}' for i, name in enumerate(names))]
    return Written(file, '\n'.join(rows).encode(), (names,))


def _semicolons(rng: random.Random, file: str, names: Names) -> Written:
    text = WRITERS[file](names).replace(',', ';')
    return Written(file, text.encode(), (names,))


def _number(rng: random.Random, file: str, names: Names) -> Written:
    text = WRITERS[file](names).replace(names[0], '7', 1)
    if file == 'list.json':
        text = text.replace('"7"', '7')
    return Written(file, text.encode(), (('7', *names[1:]),))
