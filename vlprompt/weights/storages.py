"""Whether the tensors of an archive lie within what the archive has.

PyTorch takes the sizes in an archive's pickle as they are, and reads memory
that is not the file's if they are wrong.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

import torch

from vlprompt.errors import UserError
from vlprompt.safe_pickle import SafeUnpickler

from .unpickling import Skipped

CONTAINERS = (('collections', 'OrderedDict'),)


def check_storages(path: Path) -> None:
    """Compare the sizes in the pickle of an archive with its parts.

    Raises:
        UserError: If a part is missing or of another size.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            sizes = {e.filename: e.file_size for e in archive.infolist()}
        (name,) = (n for n in sizes if n.partition('/')[2] == 'data.pkl')
        # By PyTorch, as zipfile insists on checksums.
        record = torch._C.PyTorchFileReader(str(path)).get_record('data.pkl')
        folder = name.removesuffix('.pkl')
        _Scanner(io.BytesIO(record), folder, sizes).load()
    except Exception as error:  # a damaged pickle fails in many ways
        raise UserError(
            f'{path} is damaged ({error}): copy or download it again'
        ) from error


class _Scanner(SafeUnpickler):
    """Makes nothing but containers, and looks at every storage."""

    def __init__(
        self, file: io.BytesIO, folder: str, sizes: dict[str, int]
    ) -> None:
        super().__init__(file, CONTAINERS, _stand_in)
        self.folder, self.sizes = folder, sizes

    def persistent_load(self, pid: tuple) -> Skipped:
        """Check the size of a storage."""
        _, kind, key, _, length = pid
        expected = length * getattr(kind, 'dtype', torch.uint8).itemsize
        found = self.sizes.get(f'{self.folder}/{key}')
        if found != expected:
            raise ValueError(f'part {key} has {found} of {expected} bytes')
        return Skipped()


def _stand_in(module: str, name: str) -> Any:
    if module == 'torch' and name.endswith('Storage'):
        return torch.serialization.StorageType(name)
    return Skipped
