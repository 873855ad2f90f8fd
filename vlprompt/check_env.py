"""What works here of the packages below, and what to do about the rest.

``vlprompt env``, or ``python -m vlprompt.check_env``.  Needs none of the
packages, so that it can say which are missing or broken.
"""

import importlib
import os
import platform
import re
import sys
from collections.abc import Iterator
from typing import NamedTuple

from vlprompt.compat import DISABLED, FINDER, REMEDIES, Remedy
from vlprompt.compat.versions import RANGES, TESTED, installed, parse
from vlprompt.threads import usable_cores

WORKS, REPAIRED, BROKEN = 'works', 'repaired', 'BROKEN'
ABSENT, UNNEEDED = 'not installed', 'not here'
OPTIONAL = ('av', 'decord', 'torchcodec', 'transformers', 'moviepy')
STYLES = {WORKS: 'green', REPAIRED: 'yellow', BROKEN: 'bold red'}


class Row(NamedTuple):
    """One line of a table: a package or one of its faults."""

    name: str
    found: str
    tested: str
    verdict: str
    advice: str = ''


class Fault(NamedTuple):
    """A known fault of a package, and whether it is felt here."""

    name: str
    reason: str
    verdict: str
    advice: str


def failure(module: str) -> str | None:
    """The last line of what importing a module raises, or None."""
    try:
        importlib.import_module(module)
    except Exception as error:
        return _last_line(error)
    return None


def _last_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[-1] if lines else type(error).__name__


def packages() -> Iterator[Row]:
    """The packages that are needed, then those that are used if there."""
    mmcv = 'mmcv' if installed('mmcv') else 'mmcv-lite'
    ranges = {**RANGES, mmcv: ('2.0', '2.2')}
    for package, (low, below) in ranges.items():
        yield _needed(package, low, below)
    for name in ('opencv-python', 'opencv-contrib-python'):
        yield _importable(_needed(name), 'cv2')
    for name in OPTIONAL:
        have = installed(name)
        verdict = WORKS if have else ABSENT
        yield Row(name, have or '-', TESTED.get(name, ''), verdict)


def _needed(package: str, low: str = '0', below: str = '') -> Row:
    """A package that must be there, in a range of versions."""
    have = installed(package)
    tested = TESTED.get(package, '')
    row = Row(package, have or '-', tested, WORKS)
    below = below or '9999'
    if have and parse(low) <= parse(have) < parse(below):
        modules = dict(torch='torch', torchvision='torchvision')
        return _importable(row, modules.get(package))
    advice = f'pip install "{package}>={low},<{below}"'
    if tested:
        advice = f'pip install {package}=={tested}'
    return row._replace(verdict=BROKEN, advice=advice)


def _importable(row: Row, module: str | None) -> Row:
    """The row, unless the module cannot be imported."""
    error = failure(module) if module and row.verdict == WORKS else None
    return row._replace(verdict=BROKEN, advice=error) if error else row


def faults() -> Iterator[Fault]:
    """The remedies, and which of them are needed."""
    for remedy in REMEDIES:
        verdict, advice = _judge(remedy)
        yield Fault(remedy.package, remedy.reason, verdict, advice)


def _judge(remedy: Remedy) -> tuple[str, str]:
    """The verdict on a package's fault, and the advice if it is felt."""
    absent = installed(remedy.package) is None
    try:
        needed = remedy.is_needed() or remedy in FINDER.applied
    except Exception as error:
        return (ABSENT, '') if absent else (BROKEN, _last_line(error))
    if not needed:
        return ABSENT if absent else UNNEEDED, ''
    if remedy.apply and not DISABLED:
        return REPAIRED, ''
    return BROKEN, remedy.advice


def hardware() -> Iterator[tuple[str, str]]:
    """Lines that judge nothing."""
    yield 'Python', platform.python_version()
    yield 'system', f'{platform.system()} {platform.machine()}'
    yield 'cores', f'{usable_cores()} of {os.cpu_count()}'
    if failure('torch'):
        return
    import torch

    count = torch.cuda.device_count()
    gpus = [torch.cuda.get_device_name(i) for i in range(count)]
    yield 'GPUs', ', '.join(gpus) or 'none'
    yield 'CPU', torch.backends.cpu.get_cpu_capability()
    yield from bf16()
    yield from threads()


def bf16() -> Iterator[tuple[str, str]]:
    """Where ``--amp`` computes in bf16."""
    import torch

    from vlprompt.hardware import bf16_instructions, has_bf16

    names = ', '.join(bf16_instructions())
    yield 'bf16, CPU', names or 'none: --amp trains in fp32'
    if torch.cuda.is_available():
        yes = has_bf16('cuda')
        yield 'bf16, GPU', 'yes' if yes else 'none: --amp trains in fp16'


def threads() -> Iterator[tuple[str, str]]:
    """How many threads PyTorch uses, and what starts them."""
    import torch

    names = ('OMP_NUM_THREADS', 'OMP_WAIT_POLICY')
    settings = [f'{n} {os.environ.get(n, "not set")}' for n in names]
    yield 'threads', f'{torch.get_num_threads()} ({", ".join(settings)})'
    match = re.search(r'OpenMP .*', torch.__config__.parallel_info())
    yield 'OpenMP', match[0].removeprefix('OpenMP ') if match else 'none'


def show(title: str, header: tuple[str, ...], lines: list[tuple]) -> None:
    """Print a table, with rich if it is there."""
    if failure('rich'):
        print(f'\n{title}')
        for line in (header, *lines):
            print('  '.join(f'{cell:22}' for cell in line).rstrip())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*header, title=title, title_justify='left')
    for line in lines:
        styles = [STYLES[cell] for cell in line if cell in STYLES]
        table.add_row(*line, style=styles[0] if styles else None)
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def main() -> int:
    """Print the tables; 1 if something that is needed is broken."""
    judged = [*packages(), *faults()]
    show('This machine', ('what', 'found'), list(hardware()))
    show(
        'Packages',
        ('package', 'found', 'tested', 'verdict', 'fix'),
        [row for row in judged if isinstance(row, Row)],
    )
    show(
        'Known faults of packages',
        ('package', 'fault', 'verdict', 'fix'),
        [row for row in judged if isinstance(row, Fault)],
    )
    broken = [row for row in judged if row.verdict == BROKEN]
    for row in broken:
        print(f'{row.name}: {row.advice}')
    return int(bool(broken))


if __name__ == '__main__':
    sys.exit(main())
