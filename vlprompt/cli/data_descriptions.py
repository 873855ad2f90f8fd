"""Give published descriptions the names of classes.

IN has sentences by class number or name: JSON of {number: sentence},
{number: [sentence, ...]} or the same by name, or a table (.csv, .tsv) with a
column of sentences.  OUT is {class name: [sentence, ...]}, which
DescriptionTexts and its kin read.

Numbers fit one order of the classes alone, and nothing in the file says which
one.  So all pairs are printed: read them.  A class is marked where its
sentences name another one: before a colon, or a name of several words.
"""

from __future__ import annotations

import json
import re
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable, write_text

from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.datasets.lists.description_files import Pair

EXAMPLE = """vlprompt data descriptions 4_descriptors.json \\
        --classes hmdb51 --out data/hmdb51/descriptions_spatial.json"""
WORD = re.compile(r'[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W_a-zA-Z0-9]+')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument('source', type=Path, metavar='IN')
    parser.add_argument(
        '--classes',
        required=True,
        help='the class list: a name (hmdb51) or a file',
    )
    parser.add_argument(
        '--order',
        choices=['official', 'vifi'],
        default='official',
        help='vifi: the published order of HMDB-51, with two pairs of names '
        'swapped',
    )
    parser.add_argument(
        '--column', help="the table's column of sentences, by its header"
    )
    parser.add_argument(
        '--by',
        choices=['name', 'number'],
        help='what a table with both is joined by; name by default',
    )
    parser.add_argument(
        '--out', type=Path, required=True, metavar='OUT', help='a .json file'
    )


def run(args: Namespace) -> list[Pair]:
    """Join, print the pairs and write them.

    Returns:
        The pairs.

    Raises:
        UserError: If the file does not fit the class list.
    """
    from vlprompt.datasets.lists.class_names import read_class_list
    from vlprompt.datasets.lists.description_files import join_descriptions

    if args.out.suffix.lower() != '.json':
        raise UserError(f'--out {args.out}: expected a .json file')
    check_writable(args.out.parent)
    names = read_class_list(args.classes, args.order).names
    pairs = join_descriptions(args.source, names, args.column, args.by)
    suspects = _show(pairs)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    content = {pair.name: pair.sentences for pair in pairs}
    text = json.dumps(content, ensure_ascii=False, indent=1)
    write_text(args.out, text + '\n')
    numbers = sorted({len(pair.sentences) for pair in pairs})
    each = ' to '.join(map(str, dict.fromkeys((numbers[0], numbers[-1]))))
    print(f'Wrote {args.out}: {len(pairs)} classes, {each} sentences of each')
    if suspects:
        print(
            f'{suspects} classes have sentences that name another class: is '
            'this the class list that the file was made for?'
        )
    return pairs


def _show(pairs: Sequence[Pair]) -> int:
    """Print all pairs; returns how many of them look wrong."""
    table = Table('', 'class', 'sentences', 'the first', 'names')
    words = {pair.name: _words(pair.name) for pair in pairs}
    suspects = 0
    for place, pair in enumerate(pairs):
        other = _other_class(pair, words)
        suspects += other is not None
        mark = '' if other is None else f'[red]{escape(other)}[/red]'
        first = escape(pair.sentences[0])
        number = str(len(pair.sentences))
        table.add_row(str(place), escape(pair.name), number, first, mark)
    Console().print(table)
    return suspects


def _other_class(pair: Pair, words: dict[str, str]) -> str | None:
    """A class that the sentences name, if they do not name their own."""
    starts = {_words(s.partition(':')[0]) for s in pair.sentences if ':' in s}
    named = [name for name, own in words.items() if own in starts]
    if named:
        return None if pair.name in named else named[0]
    said = ' '.join(f' {_words(sentence)} ' for sentence in pair.sentences)
    if f' {words[pair.name]} ' in said:
        return None
    named = [
        name
        for name, own in words.items()
        if ' ' in own and f' {own} ' in said
    ]
    return max(named, key=len, default=None)


def _words(text: str) -> str:
    return ' '.join(WORD.findall(text)).lower()


def main(args: Sequence[str] | None = None) -> list[Pair]:
    """Join, print the pairs and write them."""
    return run(parse(__name__, args))
