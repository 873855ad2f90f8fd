"""What a file that should hold weights is, by its first bytes."""

import os
import stat
import zipfile
from pathlib import Path

from vlprompt.errors import UserError

from .other_files import PRINTABLE, name_content
from .safetensors_header import check_header

HEAD = 1024
AGAIN = 'download it again'
UNFINISHED = ('.part', '.crdownload', '.incomplete', '.download', '.tmp')
WEIGHTS = ('.pt', '.pth', '.bin', '.ckpt', '.safetensors')
# What torch.save began its files with before it wrote zip archives.
LEGACY = bytes.fromhex('8a0a6cfc9c46f9206aa85019')


def file_format(path: Path, what: str) -> str:
    """``'zip'``, ``'torchscript'``, ``'legacy'`` or ``'safetensors'``.

    Args:
        path: The file.
        what: What is expected there, for errors.

    Raises:
        UserError: If there is no file, or one of something else.
    """
    size = _size(path, what)
    try:
        with open(path, 'rb') as file:
            head = file.read(HEAD)
    except OSError as error:
        raise UserError(f'{path} cannot be read ({error.strerror})') from error
    if head.startswith(b'PK\3\4') or _is_zip(path):
        return _zip_format(path, size)
    if head[:1] == b'\x80' and LEGACY in head[:32]:
        return 'legacy'
    # Text of a server may have a brace there as well.
    if head[8:9] == b'{' and head[:8].translate(None, PRINTABLE):
        check_header(path, size)
        return 'safetensors'
    raise UserError(f'{path} {name_content(path, head)}{_unfinished(path)}')


def _size(path: Path, what: str) -> int:
    try:
        found = path.stat()
    except OSError as error:
        raise UserError(_missing(path, what, error)) from error
    if stat.S_ISDIR(found.st_mode):
        inside = sorted(p for p in path.iterdir() if p.suffix in WEIGHTS)
        such = f', such as {inside[0]}' if inside else ''
        raise UserError(f'{path} is a folder, expected a file{such}')
    if not stat.S_ISREG(found.st_mode):
        raise UserError(f'{path} is not a regular file')
    if found.st_size == 0:
        raise UserError(f'{path} is empty: {AGAIN}')
    return found.st_size


def _missing(path: Path, what: str, error: OSError) -> str:
    if path.is_symlink():
        return f'{path} is a link to {os.readlink(path)}, which is not there'
    for suffix in UNFINISHED:
        part = path.with_name(path.name + suffix)
        if part.is_file():
            return f'no {what} at {path}, only {part.name}: {AGAIN}'
    if isinstance(error, PermissionError):
        return f'{path} cannot be read ({error.strerror})'
    return f'no {what} at {path}'


def _unfinished(path: Path) -> str:
    return ' (an unfinished download)' if path.suffix in UNFINISHED else ''


def _is_zip(path: Path) -> bool:
    try:
        return zipfile.is_zipfile(path)
    except zipfile.BadZipFile:  # one of several, it says
        return True


def _zip_format(path: Path, size: int) -> str:
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
    except Exception as error:  # a damaged directory fails in many ways
        cut = not _is_zip(path)
        verdict = f'cut off after {size:,} bytes' if cut else 'damaged'
        raise UserError(
            f'{path} is {verdict}{_unfinished(path)}: copy or {AGAIN}'
        ) from error
    tops = {name.partition('/')[2] for name in names}
    if 'constants.pkl' in tops:
        return 'torchscript'
    if 'data.pkl' in tops:
        return 'zip'
    if names and all(name.endswith('.npy') for name in names):
        raise UserError(
            f'{path} is an archive of NumPy (.npz): save its arrays as '
            'tensors in a .safetensors file'
        )
    inside = [name for name in names if name.endswith(WEIGHTS)]
    if inside:
        raise UserError(
            f'{path} is a zip archive with {inside[0]} in it: unpack it and '
            'give that file'
        )
    raise UserError(
        f'{path} is a zip archive of {", ".join(names[:3]) or "nothing"}, '
        'not one that torch.save has written'
    )
