"""The checksums of a zip archive, which PyTorch does not check."""

import zipfile
from functools import lru_cache
from pathlib import Path

from vlprompt.errors import UserError

BLOCK = 1 << 20


def check_sums(path: Path) -> None:
    """Compare an archive with the checksums in its directory.

    PyTorch gives out the tensors of a file in which a byte has changed.
    Each file is read once in a process for that, at some 2 GB/s.

    Raises:
        UserError: If something has changed since it was written.
    """
    found = path.stat()
    _check(str(path), found.st_ino, found.st_size, found.st_mtime_ns)


@lru_cache(maxsize=64)
def _check(path: str, _inode: int, _size: int, _time: int) -> None:
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            # torch.serialization.set_crc32_options(False) writes none.
            if not any(entry.CRC for entry in entries):
                return
            for entry in entries:
                with archive.open(entry) as file:
                    while file.read(BLOCK):
                        pass
    except Exception as error:  # a damaged archive fails in many ways
        raise UserError(
            f'{path} is damaged, its contents have changed since it was '
            f'written ({error}): copy or download it again'
        ) from error
