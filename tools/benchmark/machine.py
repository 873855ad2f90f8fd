"""What the numbers were measured on; no names, no paths."""

import platform
from pathlib import Path

import torch

from vlprompt.compat.versions import TESTED, installed
from vlprompt.threads import usable_cores

# The instructions that decide how fast matrix products are
FLAGS = (
    'avx2',
    'avx512f',
    'avx512_bf16',
    'avx512_vnni',
    'amx_bf16',
    'amx_tile',
    'asimd',
    'bf16',
    'sve',
)


def describe(device: str) -> dict[str, str]:
    """Processor, memory, GPU and versions."""
    cores = _count(usable_cores(), 'core')
    threads = _count(torch.get_num_threads(), 'thread')
    facts = dict(
        processor=f'{platform.machine()}, {cores}, {threads}',
        instructions=' '.join(_instructions()) or 'unknown',
        python=platform.python_version(),
    )
    if device.startswith('cuda'):
        facts['gpu'] = torch.cuda.get_device_name(device)
        facts['cuda'] = str(torch.version.cuda)
    versions = {name: installed(name) for name in TESTED}
    packages = [f'{n} {v}' for n, v in versions.items() if v is not None]
    return {**facts, 'packages': ', '.join(packages)}


def _count(number: int, what: str) -> str:
    return f'{number} {what}{"s" * (number != 1)}'


def _instructions() -> list[str]:
    file = Path('/proc/cpuinfo')
    words = set(file.read_text().split()) if file.is_file() else set()
    return [flag for flag in FLAGS if flag in words]
