"""What of the packages below works: ``python -m vlprompt.check_env``.

Needs none of them, so that it can say which are missing or broken.
"""

import importlib
import importlib.util
import platform
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

WORKS, REPAIRED, BROKEN = 'works', 'repaired', 'BROKEN'
ABSENT, INFO = 'not installed', ''

# Versions that were tested together; requirements/constraints-py311.txt.
TESTED = {
    'torch': '2.13.0',
    'torchvision': '0.28.0',
    'mmengine': '0.10.7',
    'mmcv-lite': '2.1.0',
    'mmaction2': '1.2.0',
    'open_clip_torch': '3.3.0',
    'timm': '1.0.31',
    'decord': '0.6.0',
    'numpy': '2.3.5',
    'opencv-python': '5.0.0.93',
    'opencv-contrib-python': '5.0.0.93',
    'importlib_metadata': '10.2.0',
    'setuptools': '81.0.0',
}


class Row(NamedTuple):
    """One line of the table."""

    name: str
    found: str
    verdict: str
    remedy: str = ''


def found(package: str) -> str | None:
    """The installed version of a package, None if there is none."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def number(text: str) -> tuple[int, ...]:
    """``'2.13.0+cpu'`` to ``(2, 13, 0)``."""
    parts = text.split('+')[0].split('.')
    return tuple(int(p) for p in parts if p.isdigit())


def needed(package: str, low: str = '0', below: str = '9999') -> Row:
    """A package that must be there, in a range of versions."""
    have = found(package)
    pip = f'pip install "{package}>={low},<{below}"'
    if package in TESTED:
        pip = f'pip install {package}=={TESTED[package]}'
    if have is None:
        return Row(package, '-', BROKEN, pip)
    fits = number(low) <= number(have) < number(below)
    return Row(package, have, WORKS if fits else BROKEN, '' if fits else pip)


def check_torchvision() -> Row:
    """PyPI's torchvision beside a CPU-only torch lacks its binary."""
    row = needed('torchvision', '0.16')
    if row.verdict == BROKEN:
        return row
    error = failure('torchvision')
    if error and 'torchvision::nms' in error:
        return row._replace(verdict=REPAIRED)
    if error:
        remedy = 'take torch and torchvision from the same index'
        return row._replace(verdict=BROKEN, remedy=f'{remedy}: {error}')
    return row


def check_mmcv() -> Row:
    """MMAction2 refuses mmcv 2.2; two of them overwrite each other."""
    full, lite = found('mmcv'), found('mmcv-lite')
    if full and lite:
        return Row(
            'mmcv, mmcv-lite',
            f'{full}, {lite}',
            BROKEN,
            'pip uninstall mmcv mmcv-lite, then pip install mmcv-lite==2.1.0',
        )
    if full:
        return needed('mmcv', '2.0.0', '2.2.0')._replace(
            remedy='pip uninstall mmcv; pip install mmcv-lite==2.1.0'
            if number(full) >= (2, 2)
            else ''
        )
    return needed('mmcv-lite', '2.0.0', '2.2.0')


def check_mmaction() -> Row:
    """The wheel lacks a module that it imports."""
    row = needed('mmaction2', '1.2.0', '1.3')
    if row.verdict == BROKEN:
        return row
    spec = importlib.util.find_spec('mmaction')
    root = Path(spec.submodule_search_locations[0])
    whole = (root / 'models/localizers/drn/drn.py').is_file()
    return row._replace(verdict=WORKS if whole else REPAIRED)


def check_opencv() -> Row:
    """Both distributions write the same files and must agree."""
    versions = {
        name: found(name)
        for name in (
            'opencv-python',
            'opencv-contrib-python',
            'opencv-python-headless',
            'opencv-contrib-python-headless',
        )
        if found(name)
    }
    shown = ', '.join(sorted(set(versions.values()))) or '-'
    pip = 'pip install --force-reinstall ' + ' '.join(
        f'{name}=={TESTED[name]}'
        for name in ('opencv-python', 'opencv-contrib-python')
    )
    error = failure('cv2')
    fine = not error and len(set(versions.values())) == 1
    return Row('opencv', shown, WORKS if fine else BROKEN, '' if fine else pip)


def check_importlib_metadata() -> Row:
    """MMAction2 needs it and does not say so."""
    have = found('importlib_metadata')
    if have is None:
        return Row('importlib_metadata', '-', REPAIRED)
    return Row('importlib_metadata', have, WORKS)


def check_setuptools() -> Row:
    """MMEngine reads packages' places through pkg_resources."""
    row = needed('setuptools', '0', '82')
    return row._replace(remedy=row.remedy and 'pip install "setuptools<82"')


def check_transformers() -> Row:
    """From 4.56 on its presence broke the import of MMAction2's models."""
    have = found('transformers')
    if have is None:
        return Row('transformers', '-', ABSENT)
    old = number(have) < (4, 56)
    return Row('transformers', have, WORKS if old else REPAIRED)


def check_moviepy() -> Row:
    """MMAction2's visualizer writes videos with moviepy 1."""
    have = found('moviepy')
    if have is None or number(have) < (2,):
        return Row('moviepy', have or '-', WORKS if have else ABSENT)
    return Row('moviepy', have, BROKEN, 'pip install "moviepy<2"')


def check_checkpoints() -> Row:
    """MMEngine cannot read its own checkpoints with torch >= 2.6."""
    have, torch = found('mmengine'), found('torch')
    if not have or not torch or number(torch) < (2, 6):
        return Row('mmengine checkpoints', '-', WORKS if have else BROKEN)
    mended = number(have) >= (0, 11)
    return Row('mmengine checkpoints', have, WORKS if mended else REPAIRED)


def hardware() -> Iterator[Row]:
    """Lines that judge nothing."""
    yield Row('Python', platform.python_version(), INFO)
    if failure('torch'):
        return
    import torch

    gpus = [
        torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())
    ]
    yield Row('GPUs', ', '.join(gpus) or 'none', INFO)
    yield Row('CPU', torch.backends.cpu.get_cpu_capability(), INFO)
    yield from bf16()


def bf16() -> Iterator[Row]:
    """Where ``--amp`` computes in bf16."""
    import torch

    from vlprompt.hardware import bf16_instructions, has_bf16

    names = ', '.join(bf16_instructions())
    yield Row('bf16, CPU', names or 'none: --amp trains in fp32', INFO)
    if torch.cuda.is_available():
        found = 'yes' if has_bf16('cuda') else 'none: --amp trains in fp16'
        yield Row('bf16, GPU', found, INFO)


CHECKS: tuple[Callable[[], Row], ...] = (
    lambda: needed('torch', '2.6'),
    check_torchvision,
    lambda: needed('mmengine', '0.10.7', '1.0'),
    check_checkpoints,
    check_mmcv,
    check_mmaction,
    check_importlib_metadata,
    lambda: needed('open_clip_torch', '3.1', '4'),
    lambda: needed('timm'),
    lambda: needed('decord', '0.6.0'),
    lambda: needed('numpy', '1.26', '2.4'),
    check_opencv,
    check_setuptools,
    check_transformers,
    check_moviepy,
)


def failure(module: str) -> str | None:
    """The last line of what importing a module raises, or None."""
    try:
        importlib.import_module(module)
    except Exception as error:
        lines = str(error).strip().splitlines()
        return lines[-1] if lines else type(error).__name__
    return None


def show(rows: list[Row]) -> None:
    """Print the table, with rich if it is there."""
    header = ('package', 'found', 'tested', 'verdict', 'what mends it')
    lines = [
        (r.name, r.found, TESTED.get(r.name, ''), r.verdict, r.remedy)
        for r in rows
    ]
    if failure('rich'):
        for line in (header, *lines):
            print('  '.join(f'{cell:22}' for cell in line).rstrip())
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*header)
    colours = {WORKS: 'green', REPAIRED: 'yellow', BROKEN: 'bold red'}
    for line in lines:
        table.add_row(*line, style=colours.get(line[3], 'dim'))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def main() -> int:
    """Print the table; 1 if something that is needed is broken."""
    rows = [*hardware(), *(check() for check in CHECKS)]
    show(rows)
    broken = [row for row in rows if row.verdict == BROKEN]
    for row in broken:
        print(f'{row.name}: {row.remedy}')
    return int(bool(broken))


if __name__ == '__main__':
    sys.exit(main())
