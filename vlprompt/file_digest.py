"""What files are told apart by."""

import hashlib
from pathlib import Path

BLOCK = 1 << 22  # bytes read at a time


def sha256_of(path: str | Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits."""
    state = hashlib.sha256()
    with Path(path).open('rb') as file:
        while block := file.read(BLOCK):
            state.update(block)
    return state.hexdigest()
