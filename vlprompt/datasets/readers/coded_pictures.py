"""What a packet says about the picture in it, before it is decoded.

Containers flag key frames, and some of the flags lie: intra refresh begins
with frames that are not whole, and an AVI may call every frame a key frame.
The first bytes of a packet tell.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

IDR, SEI, RECOVERY_POINT, END_OF_MESSAGES = 5, 6, 6, 0x80  # of H.264
IRAP = range(16, 24)  # of HEVC: pictures without a past
IDR_HEVC = (19, 20)
SMALLEST_VOP = 20  # bytes of MPEG-4; smaller ones may stand for nothing


class Picture(NamedTuple):
    """A coded picture.

    Attributes:
        is_entry: Whether decoding may start here: nothing that is shown
            later refers to anything before.
        is_shown: Whether it is shown at all, not only referred to.
        is_early: Whether it is shown before the picture that was decoded
            last, to which it refers (a B picture).
        is_restart: Of an entry, whether decoders forget all that was before,
            so that nothing after it can name a picture that they lack.
    """

    is_entry: bool
    is_shown: bool = True
    is_early: bool = False
    is_restart: bool = True


Look = Callable[[Any], Picture | None]
PLAIN = Picture(is_entry=False)
ENTRY = Picture(is_entry=True)


def look_for(codec: str, extradata: bytes | None) -> Look | None:
    """What looks at the packets of a stream; None if the codec is not known.

    It returns None for a packet that may hold no picture or several.

    Args:
        codec: FFmpeg's name, such as ``'h264'``.
        extradata: Of the codec context.
    """
    if codec in INTRA_ONLY:
        return lambda packet: ENTRY
    if codec == 'h264':
        return partial(_look_h264, size=_length_size(extradata, 4))
    if codec == 'hevc':
        return partial(_look_hevc, size=_length_size(extradata, 21))
    return LOOKS.get(codec)


def _length_size(extradata: bytes | None, place: int) -> int:
    """Bytes of a unit's length in MP4 and Matroska; 0 for start codes."""
    if extradata and len(extradata) > place and extradata[0] == 1:
        return (extradata[place] & 3) + 1
    return 0


def _units(data: bytes, size: int) -> Iterator[tuple[int, int]]:
    """Where the units of H.264 and HEVC begin and end."""
    place = 0
    while size and place + size < len(data):
        begin = place + size
        place = begin + int.from_bytes(data[place:begin], 'big')
        yield begin, place
    begin = data.find(b'\0\0\1') + 3
    while not size and begin >= 3:
        end = data.find(b'\0\0\1', begin)
        yield begin, end if end >= 0 else len(data)
        begin = end + 3


def _look_h264(packet: Any, size: int) -> Picture:
    """A picture that begins a new sequence, or is declared to be whole."""
    if not packet.is_keyframe:
        return PLAIN
    data = bytes(packet)
    recovers = False
    for begin, end in _units(data, size):
        kind = data[begin] & 31 if begin < end else 0
        if kind == IDR:
            return ENTRY
        if kind == SEI:
            recovers = recovers or _recovers_at_once(data[begin + 1 : end])
        elif 1 <= kind < IDR:
            return Picture(is_entry=recovers, is_restart=False)
    return PLAIN


def _recovers_at_once(messages: bytes) -> bool:
    """Whether they say that a decoder has recovered with this frame.

    Intra refresh says that it takes some frames more.
    """
    data = messages.replace(b'\0\0\3', b'\0\0')
    place = 0
    while place + 2 < len(data) and data[place] != END_OF_MESSAGES:
        kind, place = _number(data, place)
        size, place = _number(data, place)
        if kind == RECOVERY_POINT:
            # The first bit of how many frames it takes: set for none.
            return place < len(data) and data[place] >= 0x80
        place += size
    return False


def _number(data: bytes, place: int) -> tuple[int, int]:
    """A number of a message, and where it ends."""
    number = 0
    while data[place : place + 1] == b'\xff':
        number, place = number + 0xFF, place + 1
    return number + sum(data[place : place + 1]), place + 1


def _look_hevc(packet: Any, size: int) -> Picture:
    if not packet.is_keyframe:
        return PLAIN
    data = bytes(packet)
    for begin, end in _units(data, size):
        kind = data[begin] >> 1 & 63 if begin < end else 63
        if kind < 32:  # a slice
            return Picture(is_entry=kind in IRAP, is_restart=kind in IDR_HEVC)
    return PLAIN


def _look_mpeg4(packet: Any) -> Picture | None:
    data = bytes(packet)
    place = data.find(b'\0\0\1\xb6')
    if (
        place < 0
        or len(data) < max(SMALLEST_VOP, place + 5)
        or data.find(b'\0\0\1\xb6', place + 4) >= 0  # packed
    ):
        return None
    kind = data[place + 4] >> 6
    return Picture(is_entry=kind == 0, is_early=kind == 2)


def _look_mpeg12(packet: Any) -> Picture | None:
    data = bytes(packet)
    place = data.find(b'\0\0\1\0')
    if place < 0 or len(data) < place + 6:
        return None
    # A frame may be two fields, in a packet or each in its own.
    pairs = data.find(b'\0\0\1\0', place + 4) >= 0
    if pairs != _is_field(data, place):
        return None
    kind = data[place + 5] >> 3 & 7
    return Picture(is_entry=kind == 1, is_early=kind == 3)


def _is_field(data: bytes, place: int) -> bool:
    """Whether the extension of an MPEG-2 picture says so."""
    place = data.find(b'\0\0\1\xb5', place)
    while 0 <= place < len(data) - 6:
        if data[place + 4] >> 4 == 8:
            return data[place + 6] & 3 != 3
        place = data.find(b'\0\0\1\xb5', place + 4)
    return False


def _look_vp8(packet: Any) -> Picture:
    first = memoryview(packet)[0]
    return Picture(is_entry=first & 1 == 0, is_shown=first & 16 > 0)


def _look_vp9(packet: Any) -> Picture | None:
    data = memoryview(packet)
    if data[len(data) - 1] & 0xE0 == 0xC0:  # several, the last is shown
        return Picture(is_entry=packet.is_keyframe)
    if data[0] >> 4 & 3 == 3:  # the rare profile has a bit more
        return Picture(is_entry=packet.is_keyframe)
    repeats, hides = data[0] & 8, not data[0] & 2
    return Picture(
        is_entry=packet.is_keyframe and not repeats,
        is_shown=bool(repeats or not hides),
    )


def _look_av1(packet: Any) -> Picture:
    return Picture(is_entry=packet.is_keyframe)


# They show what they decode, and one packet is one frame.
INTRA_ONLY = (
    'mjpeg', 'png', 'rawvideo', 'huffyuv', 'ffvhuff', 'utvideo', 'magicyuv',
    'prores', 'dnxhd', 'dvvideo', 'v210', 'jpeg2000',
)  # fmt: skip
LOOKS: dict[str, Look] = {
    'mpeg1video': _look_mpeg12,
    'mpeg2video': _look_mpeg12,
    'mpeg4': _look_mpeg4,
    'vp8': _look_vp8,
    'vp9': _look_vp9,
    'av1': _look_av1,
}
# Their order is in their times alone.
NEED_TIMES = ('h264', 'hevc')
