"""Class names of public data sets, in the order of their labels."""

import logging
import os
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from vlprompt.errors import UserError, docs_url
from vlprompt.name_rules import check_distinct, check_names

from .class_files import read_class_file
from .class_ids import ClassFile, read_mapping
from .hmdb51_order import ORDERS, swapped_pair, to_vifi_order

FOLDER = Path(__file__).parent / 'class_lists'


def _split_camel(name: str) -> str:
    return re.sub(r'(?<=[a-z])(?=[A-Z])', ' ', name)


def _split_capitals(name: str) -> str:
    return re.sub('(?=[A-Z])', ' ', name).strip().replace('_', ' ')


CLEANERS: dict[str, Callable[[str], str]] = {
    'none': str,
    'underscore': lambda name: name.replace('_', ' '),
    'camel': lambda name: _split_camel(name).lower(),
    'capitals': _split_capitals,
    'lower': str.lower,
}


def list_class_names() -> list[str]:
    """The names of the lists that come with the library."""
    return sorted(file.stem for file in FOLDER.glob('*.txt'))


def load_class_names(
    classes: str | Path | Sequence[str] | Mapping[str, int],
    text_clean: str = 'none',
    order: str = 'official',
) -> tuple[str, ...]:
    """Read a class list, in the order of the labels.

    Args:
        classes: See :func:`read_class_list`.
        text_clean: ``'none'``, ``'underscore'`` (to spaces), ``'camel'``
            (``'ApplyEyeMakeup'`` to ``'apply eye makeup'``), ``'capitals'``
            (TC-CLIP: a space before each of them, ``'watchTV'`` to ``'watch
            T V'``, and for each underscore) or ``'lower'``.
        order: See :func:`read_class_list`.

    Raises:
        UserError: As there, or if two names are the same tokens for CLIP.

    Example:
        >>> load_class_names('hmdb51', text_clean='underscore')[:3]
        ('brush hair', 'cartwheel', 'catch')
    """
    names = read_class_list(classes, order).names
    return clean_names(names, text_clean)


def read_class_list(
    classes: str | Path | Sequence[str] | Mapping[str, int],
    order: str = 'official',
) -> ClassFile:
    """Read a class list as it is written.

    Args:
        classes: The name of a list of the library (``'ucf101'``), a file
            (``.txt``, ``.csv``, ``.tsv``, ``.json``, ``.yaml``; UTF-8), the
            names, or ``{name: id}``.
        order: ``'official'`` keeps the order of the list; ``'vifi'`` is for
            HMDB-51 alone: two pairs of names are swapped, as in the label
            file that ViFi-CLIP published.

    Returns:
        The names, in the order of the labels, and the id of the first one.

    Raises:
        UserError: If there is no such list, its ids have gaps, a name cannot
            be one, or the order is of another list.
    """
    _check_known('order', order, ORDERS)
    from_file = isinstance(classes, str | Path)
    if from_file:
        content = _read(classes)
    elif isinstance(classes, Mapping) and classes:
        content = read_mapping(classes, 'classes')
    else:
        content = ClassFile(classes)
    names = check_names(content.names)
    if order == 'vifi':
        given = classes if from_file else f'the list of {len(names)} names'
        names = to_vifi_order(names, given)
    elif from_file:
        _warn_of_swapped(names, classes)
    return content._replace(names=names)


def clean_names(names: Sequence[str], text_clean: str) -> tuple[str, ...]:
    """Class names to texts; see :func:`load_class_names`.

    Raises:
        UserError: If two names become the same tokens for CLIP.
    """
    _check_known('text_clean', text_clean, CLEANERS)
    names = check_names(CLEANERS[text_clean](name) for name in names)
    check_distinct(names)
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
    if 'folder' in dataset:  # VideoFolderDataset
        from ..folders.layout import read_folder

        return read_folder(dataset['folder']).classes
    if 'classes' not in dataset:
        return ()
    return load_class_names(
        dataset['classes'],
        dataset.get('text_clean', 'none'),
        dataset.get('order', 'official'),
    )


def _check_known(key: str, value: str, known: Iterable[str]) -> None:
    if value not in known:
        raise UserError(f'{key}={value!r}, expected one of {list(known)}')


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


def _read(classes: str | Path) -> ClassFile:
    path = FOLDER / f'{classes}.txt'
    if not os.path.isfile(path):
        path = Path(os.path.expanduser(classes))
    if not os.path.isfile(path):  # Path.is_file() raises for a long name
        raise UserError(
            f'no class list {str(classes)[:200]}: neither a file nor one of '
            f'{", ".join(list_class_names())} '
            f'({docs_url("data#class-lists")})'
        )
    return read_class_file(path)
