"""Write the lists of a retrieval data set.

It reads what is published with MSR-VTT, MSVD, LSMDC and DiDeMo, and writes
{file: [captions]}, which the data sets of captions read.
"""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from vlprompt.errors import UserError
from vlprompt.whole_files import write_text

from .parsing import parse

if TYPE_CHECKING:
    from vlprompt.retrieval_lists.files import Split

EXAMPLE = """vlprompt data retrieval msrvtt --src msrvtt_data \\
        --out data/msrvtt"""
SETS = ('msrvtt', 'msvd', 'lsmdc', 'didemo')


def add_arguments(parser: ArgumentParser) -> None:
    """Add the flags."""
    parser.add_argument(
        'name', choices=SETS, metavar='SET', help=', '.join(SETS)
    )
    parser.add_argument(
        '--src', type=Path, required=True, help='folder of published files'
    )
    parser.add_argument(
        '--out', type=Path, required=True, help='folder of the lists'
    )
    parser.add_argument(
        '--splits', nargs='+', help='only these lists; all by default'
    )
    parser.add_argument(
        '--didemo-match',
        choices=['exact', 'stem'],
        default='exact',
        help='which descriptions belong to a video: those of its file name '
        '(as in CLIP4Clip) or those of all its extensions',
    )


def run(args: Namespace) -> dict[str, Split]:
    """Convert one data set, and return its lists."""
    module = import_module(f'vlprompt.retrieval_lists.{args.name}')
    known = module.SPLITS
    names = args.splits or known
    for name in names:
        if name not in known:
            raise UserError(
                f'--splits {name}: {args.name} has {", ".join(known)}'
            )
    if not args.src.is_dir():
        raise UserError(f'--src {args.src}: there is no such folder')
    convert = module.convert
    if args.name == 'didemo':
        convert = partial(convert, match=args.didemo_match)
    splits = {name: convert(args.src, name) for name in names}
    _check(splits)
    files = [_write(args.out, name, splits[name]) for name in names]
    _show(splits, module.PUBLISHED)
    print(f'Wrote {", ".join(map(str, files))}')
    return splits


def _check(splits: dict[str, Split]) -> None:
    """Refuse lists without captions, and tests that training has seen."""
    for name, split in splits.items():
        if not split.captions:
            raise UserError(
                f'no video of the {name} list has a caption, such as '
                f'{split.missing[0] if split.missing else "none at all"}'
            )
    for one, other in combinations(splits, 2):
        if one.startswith('train') and other.startswith('train'):
            continue
        shared = set(splits[one].captions) & set(splits[other].captions)
        if shared:
            raise UserError(
                f'{len(shared)} videos are in {one} and in {other}, such as '
                f'{min(shared)}'
            )


def _write(out: Path, name: str, split: Split) -> Path:
    out.mkdir(parents=True, exist_ok=True)
    path = out / f'{name}.json'
    text = json.dumps(split.captions, ensure_ascii=False, indent=1)
    write_text(path, text + '\n')
    return path


def _show(splits: dict[str, Split], published: dict[str, str]) -> None:
    table = Table('list', 'videos', 'captions', 'published', 'repeated')
    for column in ('without caption', 'captions not used'):
        table.add_column(column)
    for split, content in splits.items():
        texts = [t for own in content.captions.values() for t in own]
        table.add_row(
            split,
            f'{len(content.captions):,}',
            f'{len(texts):,}',
            published[split],
            f'{len(texts) - len(set(texts)):,}',
            f'{len(content.missing):,} {", ".join(content.missing[:2])}',
            f'{content.unused:,}',
        )
    Console().print(table)


def main(args: Sequence[str] | None = None) -> dict[str, Split]:
    """Convert one data set, and return its lists."""
    return run(parse(__name__, args))
