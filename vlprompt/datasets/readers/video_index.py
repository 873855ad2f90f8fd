"""Which packet shows which frame, and where decoding may start."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from .coded_pictures import NEED_TIMES, Picture
from .packets import PacketFacts

# Those that say when each frame is shown; others have it guessed.
TIMED = {
    'mov,mp4,m4a,3gp,3g2,mj2', 'matroska,webm', 'mpegts', 'mpeg', 'flv', 'nut'
}  # fmt: skip


class VideoIndex(NamedTuple):
    """What leads from frames to packets, in decoding order.

    Attributes:
        numbers: The frame that each packet shows, or -1.
        entries: Packets where decoding may start, ascending.
        firsts: The first frame that comes out right from each of them.
        times: When each frame is shown, in seconds from the first one; None
            if that is not known.
        is_closed: Whether nothing after an entry refers to anything before
            it.  Pictures of an open group do, and decoders that begin at the
            entry report them as damaged.
    """

    numbers: np.ndarray
    entries: np.ndarray
    firsts: np.ndarray
    times: np.ndarray | None
    is_closed: bool


def build_index(
    facts: Sequence[PacketFacts],
    pictures: Sequence[Picture | None],
    codec: str,
    container: str,
    unit: float,
) -> VideoIndex | None:
    """An index, or None if only decoding can tell the frames.

    Args:
        facts: Of all packets, in decoding order.
        pictures: What they hold, as far as that is known.
        codec: FFmpeg's name.
        container: FFmpeg's name.
        unit: Seconds of a unit of time.
    """
    if None in pictures or any(packet.is_corrupt for packet in facts):
        return None
    by_time = codec in NEED_TIMES
    if by_time and (container not in TIMED or not _has_order(facts)):
        return None
    order = _order_by_time(facts) if by_time else _order_by_kind(pictures)
    cut = np.array([packet.is_cut for packet in facts])
    shown = np.array([picture.is_shown for picture in pictures]) & ~cut
    place = np.empty(len(order), int)  # of each packet on the screen
    place[order] = np.arange(len(order))
    entries = np.flatnonzero([picture.is_entry for picture in pictures])
    if not shown.any() or not _is_regular(place, entries, shown, facts):
        return None
    before = np.cumsum(shown[order]) - shown[order]
    return VideoIndex(
        np.where(shown, before[place], -1),
        entries,
        before[place[entries]],
        _times(facts, order[shown[order]], unit),
        np.array_equal(place[entries], entries)
        and all(pictures[entry].is_restart for entry in entries),
    )


def _has_order(facts: Sequence[PacketFacts]) -> bool:
    """Whether the packets' times say in which order they are shown."""
    shows = [packet.pts for packet in facts]
    if None in shows or len(set(shows)) < len(shows):
        return False
    decodes = [packet.dts for packet in facts if packet.dts is not None]
    return all(np.diff(decodes) > 0)


def _order_by_time(facts: Sequence[PacketFacts]) -> np.ndarray:
    return np.argsort([packet.pts for packet in facts])


def _order_by_kind(pictures: Sequence[Picture]) -> np.ndarray:
    """As MPEG-1, 2 and 4 put pictures: the others wait for the next."""
    order: list[int] = []
    waiting: list[int] = []
    for place, picture in enumerate(pictures):
        if picture.is_early:
            order.append(place)
        else:
            order += waiting
            waiting = [place]
    return np.array(order + waiting)


def _is_regular(
    place: np.ndarray,
    entries: np.ndarray,
    shown: np.ndarray,
    facts: Sequence[PacketFacts],
) -> bool:
    """Whether all frames can be reached from the entries.

    Nothing is shown before the first of them, which is the first packet; what
    is decoded before an entry is shown before it; and an edit list only cuts
    off the ends.
    """
    if len(entries) == 0 or entries[0] != 0:
        return False
    if place[shown].min() < place[0]:
        return False
    latest = np.maximum.accumulate(place)
    if any(latest[entries[1:] - 1] > place[entries[1:]]):
        return False
    later = facts[int(np.argmax(shown)) :]
    return not any(packet.is_cut and packet.is_key for packet in later)


def _times(
    facts: Sequence[PacketFacts], order: np.ndarray, unit: float
) -> np.ndarray | None:
    """Seconds of the packets that are shown, if they have an order.

    In AVI it is only said when a packet is decoded, one for each frame.
    """
    shows = [facts[place].pts for place in order]
    decodes = [facts[place].dts for place in np.sort(order)]
    for times in (shows, decodes):
        if None not in times and all(np.diff(times) > 0):
            return (np.array(times) - times[0]) * unit
    return None
