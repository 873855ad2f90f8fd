"""docs/benchmark.md."""

from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

from .records import Record, Section, table

INTRODUCTION = """\
# Benchmark

Written by `{command}`; do not edit.

The library beside the way the published implementations compute
(`tools/benchmark/baseline.py`): every class text is encoded in full, 77
tokens, in every step and for every view, prompts are tokens that pass every
block whole, and the last block computes all tokens. Both sides have the same
weights and give the same numbers (`tests/tools/test_benchmark.py`). They take
turns in one process; a time is the median of {repeats}. Ratios above 1 are in
favour of the library.
"""
RATIOS = (
    'Of times only ratios are quoted: the seconds of a shared machine mean '
    'little. The JSON file of `--out` has them.'
)
SIZES = {
    'tiny': 'Models are tiny: these numbers mean nothing.',
    'reduced': (
        'Times and memory are of towers with the layers and tokens of '
        'ViT-B/16 and a quarter of its width, operations of ViT-B/16 itself.'
    ),
    'full': 'Models are ViT-B/16.',
}


def write(
    args: Namespace,
    given: Sequence[str],
    facts: dict[str, str],
    sections: dict[str, Section],
    results: dict[str, list[Record]],
) -> None:
    """Write the page.

    Args:
        args: The command line; ``doc`` is the place of the page.
        given: The same as it was typed.
        facts: The machine.
        sections: Headlines by name.
        results: Records by name.
    """
    lines = list(_page(args, given, facts, sections, results))
    args.doc.parent.mkdir(parents=True, exist_ok=True)
    args.doc.write_text('\n'.join(lines), encoding='utf-8', newline='\n')


def _page(
    args: Namespace,
    given: Sequence[str],
    facts: dict[str, str],
    sections: dict[str, Section],
    results: dict[str, list[Record]],
) -> Iterator[str]:
    command = ' '.join(['python -m tools.benchmark', *map(_no_path, given)])
    yield INTRODUCTION.format(command=command, repeats=args.repeats)
    yield SIZES[args.size] + ' ' + _batch(args) + '\n'
    if not args.absolute:
        yield RATIOS + '\n'
    yield '## Machine\n'
    for name, fact in facts.items():
        yield f'* {name}: {fact}'
    for name, section in sections.items():
        yield f'\n## {section.title}\n\n{section.about}\n'
        yield table(section, results[name], args.absolute).rstrip('\n')
    yield ''


def _batch(args: Namespace) -> str:
    many = 'video' if args.videos == 1 else 'videos'
    return f'B = {args.videos} {many}; device: {args.device}.'


def _no_path(word: str) -> str:
    """Paths of one machine have no place in the page."""
    return Path(word).name if Path(word).is_absolute() else word
