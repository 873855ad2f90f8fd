"""Reading published checkpoints without running what they contain."""

import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any, BinaryIO

import torch
from safetensors.torch import load_file

from vlprompt.errors import UserError
from vlprompt.safe_pickle import TENSORS, SafeUnpickler

# What a file of tensors and plain containers is made with.
HARMLESS = {
    *TENSORS,
    ('torch._utils', '_rebuild_parameter'),
    ('torch._utils', '_rebuild_tensor'),
}
PLAIN = (torch.Tensor, str, bytes, int, float, bool, type(None))


def read_published_checkpoint(path: str | Path) -> dict[str, Any]:
    """Read a published checkpoint: nested dicts and lists of tensors.

    Files in PyTorch's formats are unpickled, but nothing except tensors and
    plain containers is made: in the place of any other object (a
    configuration, say), and of whatever a malicious file would call, stands
    None.

    Raises:
        UserError: If the file is missing, damaged, or a program
            (TorchScript).
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f'no checkpoint at {path}')
    try:
        content = _read(path)
    except UserError:
        raise
    except Exception as error:  # a damaged file fails in many ways
        raise UserError(
            f'{path} is not a checkpoint that can be read '
            f'({type(error).__name__}): {error}'
        ) from error
    content = _plain(content)
    if not isinstance(content, dict):
        raise UserError(f'{path} holds no dict of tensors')
    return content


def _read(path: Path) -> Any:
    if path.suffix == '.safetensors':
        return load_file(path)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(n.endswith('/constants.pkl') for n in archive.namelist()):
                raise UserError(
                    f'{path} is a TorchScript archive; the kind for those of '
                    'OpenAI is openai'
                )
    return torch.load(path, map_location='cpu', pickle_module=_RESTRICTED)


class _Skipped:
    """Takes the place of an object that is not made."""

    def __new__(cls, *_args, **_kwargs) -> '_Skipped':
        return super().__new__(cls)

    def __init__(self, *_args, **_kwargs) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        pass

    def __setitem__(self, key: Any, value: Any) -> None:
        pass

    def __call__(self, *_args, **_kwargs) -> '_Skipped':
        return self

    def append(self, item: Any) -> None:
        """Take an item as a list would."""

    def extend(self, items: Any) -> None:
        """Take items as a list would."""

    def add(self, item: Any) -> None:
        """Take an item as a set would."""


def _skip(module: str, name: str) -> Any:
    found = getattr(torch, name, None) if module == 'torch' else None
    return found if isinstance(found, torch.dtype) else _Skipped


class _Unpickler(SafeUnpickler):
    """As PyTorch makes one, without knowing what is allowed."""

    def __init__(self, file: BinaryIO, **kwargs: Any) -> None:
        super().__init__(file, HARMLESS, _skip, **kwargs)


def _load(file: Any, **kwargs) -> Any:
    return _Unpickler(file, **kwargs).load()


_RESTRICTED = SimpleNamespace(
    Unpickler=_Unpickler, load=_load, __name__='restricted'
)


def _plain(content: Any) -> Any:
    """The same without what was skipped."""
    if isinstance(content, dict):
        return {
            key: _plain(value)
            for key, value in content.items()
            if isinstance(key, (str, int))
        }
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    return content if isinstance(content, PLAIN) else None
