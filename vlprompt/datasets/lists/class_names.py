"""Class names of public data sets, in the order of their labels."""

import csv
import logging
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vlprompt.errors import UserError, docs_url

from .hmdb51_order import ORDERS, swapped_pair, to_vifi_order
from .text_files import read_lines

FOLDER = Path(__file__).parent / 'class_lists'


def _split_camel(name: str) -> str:
    return re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)


CLEANERS: dict[str, Callable[[str], str]] = {
    'none': str,
    'underscore': lambda name: name.replace('_', ' '),
    'camel': lambda name: _split_camel(name).lower(),
    'lower': str.lower,
}


def list_class_names() -> list[str]:
    """The names of the lists that come with the library."""
    return sorted(file.stem for file in FOLDER.glob('*.txt'))


def load_class_names(
    classes: str | Path | Sequence[str],
    text_clean: str = 'none',
    order: str = 'official',
) -> tuple[str, ...]:
    """Read a class list, in the order of the labels.

    Args:
        classes: The name of a list of the library (``'ucf101'``), a
            ``.csv`` file with columns ``id`` and ``name``, a text file with
            one name a line (both UTF-8), or the names.
        text_clean: ``'none'``, ``'underscore'`` (to spaces), ``'camel'``
            (``'ApplyEyeMakeup'`` to ``'apply eye makeup'``) or ``'lower'``.
        order: ``'official'`` keeps the order of the list; ``'vifi'`` is for
            HMDB-51 alone: two pairs of names are swapped, as in the label
            file that ViFi-CLIP published.

    Raises:
        UserError: If there is no such list, its ids are not 0, 1, 2, ...,
            two classes have the same name, or the order is of another list.

    Example:
        >>> load_class_names('hmdb51', text_clean='underscore')[:3]
        ('brush hair', 'cartwheel', 'catch')
    """
    for key, value, known in (
        ('text_clean', text_clean, list(CLEANERS)),
        ('order', order, list(ORDERS)),
    ):
        if value not in known:
            raise UserError(f'{key}={value!r}, expected one of {known}')
    from_file = isinstance(classes, str | Path)
    names = _read(classes) if from_file else classes
    if not names:
        raise UserError(f'the class list {classes} is empty')
    if order == 'vifi':
        given = classes if from_file else f'the list of {len(names)} names'
        names = to_vifi_order(names, given)
    elif from_file:
        _warn_of_swapped(names, classes)
    names = tuple(CLEANERS[text_clean](name) for name in names)
    _check_distinct(names)
    return names


def class_names_of(dataset: Mapping[str, Any]) -> tuple[str, ...]:
    """The class names that a data set made from this config has.

    Args:
        dataset: The config of a data set, such as
            ``config.test_dataloader.dataset``.

    Returns:
        The names, cleaned and in the order that the config asks for; none if
        its videos have no named classes.

    Raises:
        UserError: As :func:`load_class_names`.

    Example:
        >>> class_names_of(dict(classes='ucf101', text_clean='camel'))[0]
        'apply eye makeup'
    """
    if 'classes' not in dataset:
        return ()
    return load_class_names(
        dataset['classes'],
        dataset.get('text_clean', 'none'),
        dataset.get('order', 'official'),
    )


def _warn_of_swapped(names: Sequence[str], classes: str | Path) -> None:
    pair = swapped_pair(names)
    if pair:
        # Not at the top: `vlprompt COMMAND --help` needs no MMEngine.
        from mmengine.logging import print_log

        print_log(
            f'{classes} has {pair[0]!r} before {pair[1]!r}: the published '
            'order of HMDB-51, which does not fit its lists of videos '
            f'({docs_url("data#class-lists")})',
            'current',
            logging.WARNING,
        )


def _check_distinct(names: tuple[str, ...]) -> None:
    for i, name in enumerate(names):
        first = names.index(name)
        if first < i:
            raise UserError(
                f'the classes {first} and {i} have the same name {name!r}: '
                'no text can tell them apart'
            )


def _read(classes: str | Path) -> list[str]:
    path = FOLDER / f'{classes}.txt'
    if not path.is_file():
        path = Path(classes)
    if not path.is_file():
        raise UserError(
            f'no class list {classes}: neither a file nor one of '
            f'{", ".join(list_class_names())} '
            f'({docs_url("data#class-lists")})'
        )
    if path.suffix == '.csv':
        return _read_csv(path)
    return [line.strip() for line in read_lines(path) if line.strip()]


def _read_csv(path: Path) -> list[str]:
    rows = csv.DictReader(read_lines(path), skipinitialspace=True)
    names = []
    for row in rows:
        place, name = row.get('id') or '', row.get('name') or ''
        # Fields without a column: a comma in a name that is not quoted.
        if place.strip() != str(len(names)) or not name or None in row:
            raise UserError(
                f'{path} line {rows.line_num}: {list(row.values())}, expected '
                f'id {len(names)} and a name (in quotes if it has a comma) '
                'below the header "id,name"'
            )
        names.append(name.strip())
    return names
