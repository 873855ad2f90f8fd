"""What a file is that is no video, or only the beginning of one."""

import os
from collections.abc import Iterator
from typing import BinaryIO

HEAD = 1024
BEGINNINGS = {
    b'version https://git-lfs': 'a Git LFS pointer',
    b'{': 'JSON',
    b'<?xml': 'XML',
    b'PK\3\4': 'a zip archive',
    b'\x1f\x8b': 'a gzip archive',
    b'7z\xbc\xaf': 'a 7z archive',
    b'Rar!': 'a RAR archive',
    b'%PDF': 'a PDF',
}
HTML = (b'<!doctype html', b'<html', b'<head', b'<body')
SEGMENT = b'\x18\x53\x80\x67'  # of Matroska
EBML = b'\x1a\x45\xdf\xa3'
LIVE = 1 << 60


def name_content(file: str) -> str:
    """What a file is, such as ``'HTML'``; nothing if it may be a video."""
    with open(file, 'rb') as opened:
        head = opened.read(HEAD)
    if not head.strip(b'\0'):
        return 'zeros' if head else ''
    text = head.removeprefix(b'\xef\xbb\xbf').lstrip()
    if any(tag in text[:512].lower() for tag in HTML):
        return 'HTML'
    for beginning, name in BEGINNINGS.items():
        if text.startswith(beginning):
            return name
    printable = bytes(range(32, 127)) + b'\t\r\n'
    return '' if head.translate(None, printable) else 'text'


def missing_bytes(file: str) -> int:
    """How many bytes a file lacks, by what its container says.

    Returns:
        0 for containers that do not say how long they are.
    """
    size = os.path.getsize(file)
    with open(file, 'rb') as opened:
        ends = [end for _, end in _parts(opened, size)]
    return max(0, max(ends, default=0) - size)


def has_index(file: str) -> bool:
    """Whether the index of an MP4 is there; True for other containers."""
    with open(file, 'rb') as opened:
        kinds = [kind for kind, _ in _parts(opened, os.path.getsize(file))]
    return kinds[:1] != [b'ftyp'] or b'moov' in kinds


def _parts(opened: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """The kinds of the outermost parts of a file, and where they end."""
    head = opened.read(12)
    if head[:4] == EBML:
        yield from _segment(opened, head)
    elif head[:4] == b'RIFF':
        end = 0
        while head[:4] == b'RIFF' and len(head) >= 8:
            end += 8 + int.from_bytes(head[4:8], 'little')
            yield b'RIFF', end
            opened.seek(end)
            head = opened.read(8)
    elif head[4:8] in (b'ftyp', b'moov', b'mdat', b'wide', b'free'):
        yield from _boxes(opened, size)


def _boxes(opened: BinaryIO, size: int) -> Iterator[tuple[bytes, int]]:
    """Of MP4 and QuickTime."""
    begin = 0
    while begin + 8 <= size:
        opened.seek(begin)
        head = opened.read(16)
        length = int.from_bytes(head[:4], 'big')
        if length == 1:
            length = int.from_bytes(head[8:], 'big')
        if not head[4:8].isalnum() or length < 8 and length != 0:
            return
        begin += length or size - begin
        yield head[4:8], begin


def _segment(opened: BinaryIO, head: bytes) -> Iterator[tuple[bytes, int]]:
    """Of Matroska: all of it; nothing of what was recorded live."""
    length, used = _number(head, 4)
    begin = used + length
    opened.seek(begin)
    head = opened.read(12)
    if head[:4] == SEGMENT and len(head) == 12:
        length, used = _number(head, 4)
        if length < LIVE:
            yield SEGMENT, begin + used + length


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of Matroska, and where it ends; ``LIVE`` if not known."""
    length = 9 - max(1, data[place].bit_length())
    end = place + length
    number = int.from_bytes(data[place:end], 'big')
    mask = (1 << 7 * length) - 1
    return (LIVE if number & mask == mask else number & mask), end
