"""The page of ``vlprompt toy zoo``."""

import platform
from argparse import Namespace
from collections.abc import Sequence
from importlib.metadata import version
from typing import NamedTuple

from vlprompt.tables import Table
from vlprompt.threads import usable_cores

from .zoo_order import check_order
from .zoo_results import Cell, Systems, ZooResults
from .zoo_table import NOT_RUN, difference_table, variant_table
from .zoo_variants import VARIANTS

INTRO = """# Every system in the toy world

Made by `{command}`; do not edit.
{machine}.

Every method has the same budget on the 24 base classes of the
[toy world](toy_world.md): {epochs} of training, batch {batch_size}, 8 frames;
learning rates as in the configs, those of the temporal poolers chosen by the
base accuracy of seed 0.  Nothing was chosen again for a variant.  Top-1 in
percent, mean of {seeds}, on base and on novel classes; what learns nothing
has one run.  A linear head says nothing about novel classes.

* *Blind* are the classes whose motion the set of frames tells, *ordered*
  those of which two differ in the order of frames alone, half of the clips
  each.
* *Direction* is how often, among the ordered, the true class scores higher
  than the same object in the reversed motion: 50 is a guess.
* *Learnt* is the number of trainable parameters.  *Seconds* are the
  processor's for training on one thread, without reading the videos, median
  of the seeds.
* `-` is a variant that does not fit a method ([why](#what-does-not-fit)),
  *{not_run}* is one that has not been trained yet: {missing} of {cells}.

The variants, each alone:

{variants}
"""
DIFFERENCES = (
    ('## What is gained: HM of all', Cell.main),
    ('## What is gained: direction', Cell.direction),
)
NOTE = """The first column is the plain method, the others are the difference
to it: mean and standard deviation over seeds, each compared with the same
seed.  A difference below its spread is noise.  A linear head has base for HM;
the direction is the mean of base and novel."""


class Page(NamedTuple):
    """What the zoo has to say.

    Attributes:
        tables: The plain methods, the differences, then each variant.
        sections: What is said below them.
        missing: Cells that are not run, of how many.
        cells: All cells.
    """

    tables: list[Table]
    sections: list[str]
    missing: int
    cells: int

    def markdown(self, args: Namespace) -> str:
        """The page.

        Args:
            args: Of the command: what the numbers depend on.
        """
        intro = INTRO.format(
            command=_command(args),
            machine=_machine(),
            epochs=_count(args.epochs, 'epoch'),
            batch_size=args.batch_size,
            seeds=f'the seeds {", ".join(map(str, args.seeds))}',
            not_run=NOT_RUN,
            missing=self.missing,
            cells=self.cells,
            variants='\n'.join(
                f'* *{name}*: {variant.note}'
                for name, variant in VARIANTS.items()
            ),
        )
        tables = [table.markdown() for table in self.tables]
        return '\n'.join([intro, *tables, *self.sections])


def make_page(
    results: ZooResults, systems: Systems, variants: Sequence[str]
) -> Page:
    """All tables of some methods and variants.

    Args:
        results: What is known.
        systems: The methods.
        variants: The plain one among them, or the first is compared.
    """
    first, *others = variants
    tables = [variant_table(results, systems, first)]
    tables += [
        difference_table(results, systems, variants, scores, title, NOTE)
        for title, scores in DIFFERENCES
    ]
    tables += [variant_table(results, systems, v) for v in others]
    cells = [
        results.cell(config, variant)
        for config, _ in systems.values()
        for variant in variants
    ]
    missing = sum(not cell.runs and cell.reason is None for cell in cells)
    checks = check_order(results, systems, variants)
    sections = ['## Does it tell the order of frames?', *checks.lines()]
    sections += ['## What does not fit', _misfits(results, systems, variants)]
    joined = [f'{section.rstrip()}\n' for section in sections]
    return Page(tables, joined, missing, len(cells))


def _misfits(
    results: ZooResults, systems: Systems, variants: Sequence[str]
) -> str:
    """The reasons, each with the methods that have it."""
    found: dict[tuple[str, str], list[str]] = {}
    for name, (config, _) in systems.items():
        for variant in variants:
            reason = results.cell(config, variant).reason
            if reason is not None:
                found.setdefault((variant, reason), []).append(name)
    lines = [
        f'* *{variant}*: {reason} ({"; ".join(names)})'
        for (variant, reason), names in found.items()
    ]
    return '\n'.join(lines) or 'All that has been tried fits.'


def _count(number: int, word: str) -> str:
    return f'{number} {word}{"" if number == 1 else "s"}'


def _command(args: Namespace) -> str:
    words = ['vlprompt toy zoo']
    if args.seeds != [0, 1, 2]:
        words.append(f'--seeds {" ".join(map(str, args.seeds))}')
    if args.epochs != 12:
        words.append(f'--epochs {args.epochs}')
    if args.batch_size != 8:
        words.append(f'--batch-size {args.batch_size}')
    return ' '.join([*words, f'--table {args.table}'])


def _machine() -> str:
    return (
        f'On {platform.machine()}, {usable_cores()} cores, '
        f'Python {platform.python_version()}, PyTorch {version("torch")}'
    )
