"""What lies in the place of weights when a download went wrong."""

import json
import re
import zlib
from pathlib import Path

AGAIN = 'download it again'
SHOWN = 80
JSON_LIMIT = 1 << 20
HTML = (b'<!doctype html', b'<html', b'<head', b'<body', b'<script')
# Beginnings of files, and what these are.
BEGINNINGS = {
    b'\x93NUMPY': 'an array of NumPy (.npy)',
    b'\x89HDF': 'an HDF5 file',
    b'GGUF': 'a GGUF file of quantised weights',
    b'BZh': 'a bzip2 archive: unpack it first',
    b'\xfd7zXZ': 'an xz archive: unpack it first',
    b'\x28\xb5\x2f\xfd': 'a zstd archive: unpack it first',
    b'7z\xbc\xaf': 'a 7z archive: unpack it first',
    b'Rar!': 'a RAR archive: unpack it first',
    b'%PDF': 'a PDF',
    b'\x89PNG': 'an image (PNG)',
    b'\xff\xd8\xff': 'an image (JPEG)',
    b'GIF8': 'an image (GIF)',
    b'RIFF': 'a video or an image (RIFF)',
    b'\x1a\x45\xdf\xa3': 'a video (Matroska)',
    b'\x7fELF': 'a program (ELF)',
    b'MZ': 'a program (Windows)',
}
BOMS = {
    b'\xef\xbb\xbf': 'utf-8',
    b'\xff\xfe': 'utf-16-le',
    b'\xfe\xff': 'utf-16-be',
}
PRINTABLE = bytes(range(32, 127)) + b'\t\r\n\f'


def name_content(path: Path, head: bytes) -> str:
    """A phrase such as ``'is an HTML page: download it again'``.

    Args:
        path: A file that holds no weights.
        head: Its first bytes.
    """
    if not head.strip(b'\0'):
        return _zeros(path)
    if head[:2] == b'\x1f\x8b':
        return _gzip(path)
    if head[257:262] == b'ustar':
        return 'is a tar archive: unpack it and give the file of weights in it'
    if head[4:8] == b'ftyp':
        return 'is a video (MP4)'
    for beginning, name in BEGINNINGS.items():
        if head.startswith(beginning):
            return f'is {name}'
    if head[:1] == b'\x80' and head[1:2] in (b'\2', b'\3', b'\4', b'\5'):
        return (
            'is a damaged file of weights, or a pickle that torch.save has '
            f'not written: {AGAIN}'
        )
    return _text(path, head) or 'is in no format of weights, or damaged'


def _zeros(path: Path) -> str:
    with open(path, 'rb') as file:
        while block := file.read(1 << 20):
            if block.strip(b'\0'):
                return f'begins with zeros, it is damaged: {AGAIN}'
    return f'holds nothing but zeros: {AGAIN}'


def _gzip(path: Path) -> str:
    with open(path, 'rb') as file:
        data = file.read(1 << 16)
    try:
        head = zlib.decompressobj(31).decompress(data, 1 << 16)
    except zlib.error:
        head = b''
    inside = _text(path, head)
    return inside or 'is a gzip archive: unpack it first'


def _text(path: Path, head: bytes) -> str | None:
    """What a text is, None if it is none."""
    for bom, encoding in BOMS.items():
        if head.startswith(bom):
            text = head.removeprefix(bom).decode(encoding, errors='ignore')
            head = text.encode(errors='ignore')
    head = head.lstrip(b' \t\r\n\f\0')
    lower = head[:512].lower()
    if any(tag in lower for tag in HTML):
        title = _quoted(head, rb'<title>(.*?)</title>')
        return f'is an HTML page{title}: {AGAIN}'
    if head.startswith(b'version https://git-lfs'):
        return f'is a Git LFS pointer: run `git lfs pull`, or {AGAIN}'
    if head.startswith(b'<'):
        code = _quoted(head, rb'<(?:Code|Message)>(.*?)</')
        return f'is an XML answer of a server{code}: {AGAIN}'
    if head[:1] in (b'{', b'['):
        return _json(path, head)
    if head and not head.translate(None, PRINTABLE):
        return f'is a text ({_short(head)!r}): {AGAIN}'
    return None


def _json(path: Path, head: bytes) -> str:
    content = head
    if path.stat().st_size <= JSON_LIMIT:
        content = path.read_bytes()
    try:
        found = json.loads(content)
    except ValueError:
        found = None
    if isinstance(found, dict) and isinstance(found.get('weight_map'), dict):
        parts = sorted(set(map(str, found['weight_map'].values())))
        return (
            f'is the index of a checkpoint in {len(parts)} parts '
            f'({", ".join(parts[:2])}, ...): join them in one .safetensors '
            'file'
        )
    pattern = rb'"(?:error|message|detail)"\s*:\s*"(.*?)"'
    return f'is a JSON file{_quoted(head, pattern)}: {AGAIN}'


def _quoted(head: bytes, pattern: bytes) -> str:
    match = re.search(pattern, head, re.DOTALL | re.IGNORECASE)
    return f' ("{_short(match[1])}")' if match else ''


def _short(text: bytes) -> str:
    return ' '.join(text.decode(errors='replace').split())[:SHOWN]
