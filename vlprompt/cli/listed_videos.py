"""The list of a command, and the class list beside it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vlprompt.datasets.lists.annotations import ListLine


def read_lines_of(args: Namespace) -> list[ListLine]:
    """The lines of ``args.ann_file``, with the labels of ``args.classes``.

    Raises:
        UserError: As ``read_list`` and ``read_class_list``.
    """
    from vlprompt.datasets.lists.annotations import read_list
    from vlprompt.datasets.lists.class_names import read_class_list

    names, first = None, 0
    if args.classes:
        names, first = read_class_list(args.classes)
    return read_list(args.ann_file, names, first_id=first)


def warn_of_ids(lines: Sequence[ListLine], args: Namespace) -> None:
    """Print a line if ids may start at 1."""
    from vlprompt.datasets.lists.annotations import misses_id_0

    if misses_id_0(lines):
        print(
            f'warning: {args.ann_file} never has id 0: ids start at 0 here; '
            'if those of the list start at 1, every label is wrong',
            file=sys.stderr,
        )
