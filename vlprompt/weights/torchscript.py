"""The tensors of a TorchScript archive, without its program.

``torch.jit.load`` compiles what an archive contains and may run parts of it.
"""

import io
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from vlprompt.safe_pickle import SafeUnpickler

from .unpickling import HARMLESS, Skipped

# Not a weight: what OpenAI's text tower may not look at.
CONSTANTS = ('attn_mask',)


class _Module:
    """The attributes of a module, in the place of its class."""

    def __setstate__(self, state: Any) -> None:
        self.attributes = state if isinstance(state, dict) else {}


def read_torchscript(path: Path) -> dict[str, Tensor]:
    """Tensors by name, as ``state_dict`` of the archive gives them."""
    reader = torch._C.PyTorchFileReader(str(path))
    data = io.BytesIO(reader.get_record('data.pkl'))
    found: dict[str, Tensor] = {}
    _collect(_Unpickler(data, reader).load(), '', found)
    return found


class _Unpickler(SafeUnpickler):
    def __init__(self, file: io.BytesIO, reader: Any) -> None:
        super().__init__(file, HARMLESS, _stand_in)
        self.reader = reader

    def persistent_load(self, pid: tuple) -> Any:
        """A storage of tensors."""
        _, kind, key, _, length = pid
        storage = self.reader.get_storage_from_record(
            f'data/{key}', length, kind.dtype
        )
        return torch.storage.TypedStorage(
            wrap_storage=storage._typed_storage()._untyped_storage,
            dtype=kind.dtype,
            _internal=True,
        )


def _stand_in(module: str, name: str) -> Any:
    if module == 'torch' and name.endswith('Storage'):
        return torch.serialization.StorageType(name)
    return _Module if module.startswith('__torch__') else Skipped


def _collect(module: Any, prefix: str, found: dict[str, Tensor]) -> None:
    for name, value in getattr(module, 'attributes', {}).items():
        if isinstance(value, _Module):
            _collect(value, f'{prefix}{name}.', found)
        elif torch.is_tensor(value) and name not in CONSTANTS:
            found[prefix + name] = value
