"""Reading a file of weights, whatever its format."""

import pickle
from pathlib import Path
from typing import Any, NamedTuple

import torch
from safetensors import safe_open

from vlprompt.errors import UserError, last_line

from .checksums import check_sums
from .file_format import file_format
from .storages import check_storages
from .torchscript import read_torchscript
from .unpickling import Restricted, plain

SHOWN = 120  # characters of another package's error


class WeightsFile(NamedTuple):
    """What a file holds.

    Attributes:
        content: Of safetensors and TorchScript, tensors by name; otherwise
            whatever was saved.
        format: ``'zip'`` or ``'legacy'`` (both of ``torch.save``),
            ``'torchscript'`` or ``'safetensors'``.
        metadata: Of safetensors.
        left_out: The names of classes and functions whose objects were left
            out, as they are no weights.
    """

    content: Any
    format: str
    metadata: dict[str, str]
    left_out: tuple[str, ...] = ()


def read_file(
    path: str | Path, what: str = 'checkpoint', mmap: bool | None = None
) -> WeightsFile:
    """Read a file of weights, onto the CPU.

    Zip archives (what ``torch.save`` writes) are compared with their
    checksums; safetensors and PyTorch's older format have none.  Nothing a
    file asks for is run.

    Args:
        path: The file.
        what: What is expected there, for errors.
        mmap: Read tensors when they are used, as ``torch.load`` does; for
            looks at what else a file holds.

    Raises:
        UserError: If it is missing, damaged or something else.
    """
    path = Path(path).expanduser()
    kind = file_format(path, what)
    if kind in ('zip', 'torchscript'):
        check_sums(path)
        check_storages(path)
    try:
        if kind == 'safetensors':
            with safe_open(path, framework='pt') as file:
                tensors = {name: file.get_tensor(name) for name in file.keys()}
                return WeightsFile(tensors, kind, file.metadata() or {})
        if kind == 'torchscript':
            return WeightsFile(read_torchscript(path), kind, {})
        content, left_out = _unpickle(path, bool(mmap and kind == 'zip'))
    except Exception as error:  # a damaged file fails in many ways
        raise UserError(
            f'{path} is cut off or damaged ({last_line(error)[:SHOWN]}): '
            'copy or download it again'
        ) from error
    return WeightsFile(content, kind, {}, left_out)


def _unpickle(path: Path, mmap: bool) -> tuple[Any, tuple[str, ...]]:
    try:
        return _torch_load(path, mmap, weights_only=True), ()
    except pickle.UnpicklingError:  # there is more than weights, or damage
        restricted = Restricted()
        content = _torch_load(path, mmap, pickle_module=restricted)
        return plain(content), tuple(restricted.left_out)


def _torch_load(path: Path, mmap: bool, **kwargs: Any) -> Any:
    # PyTorch goes by the name of a file, unless it gets it opened.
    if mmap and path.suffix != '.safetensors':
        return torch.load(str(path), map_location='cpu', mmap=True, **kwargs)
    with open(path, 'rb') as file:
        return torch.load(file, map_location='cpu', **kwargs)
