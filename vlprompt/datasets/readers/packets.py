"""The packets of a video, kept in memory or read again from the file."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain, islice
from typing import Any, NamedTuple

from .container import Video

KEPT = 32 * 2**20  # bytes of a file whose packets stay in memory


class PacketFacts(NamedTuple):
    """What is kept of every packet.

    Attributes:
        pts: When it is shown, in units of the stream; None if not said.
        dts: When it is decoded.
        is_key: Whether the container calls it a key frame.
        is_cut: Whether an edit list leaves it out.
        is_corrupt: Whether the container says that some of it is missing.
        size: In bytes.
        duration: How long it is shown, in units; 0 if not said.
    """

    pts: int | None
    dts: int | None
    is_key: bool
    is_cut: bool
    is_corrupt: bool
    size: int
    duration: int


class Packets:
    """The packets of the video stream of a file, in decoding order.

    Those of a small file stay in memory, so it is read once.  A larger one
    is read again from a place near the one asked for.

    Attributes:
        facts: Of each packet, once they have been scanned.

    Args:
        open_video: Opens the file.
    """

    def __init__(self, open_video: Callable[[], Video]) -> None:
        self._open = open_video
        self._kept: list[Any] | None = []
        self._places: dict[tuple, int] | None = None
        self.facts: list[PacketFacts] = []

    def scan(self, video: Video) -> Iterator[Any]:
        """Go through all of them for the first time."""
        if os.path.getsize(video.file) > KEPT:
            self._kept = None
        for packet in video.demux():
            if self._kept is not None:
                self._kept.append(packet)
            facts = PacketFacts(
                packet.pts,
                packet.dts,
                packet.is_keyframe,
                packet.is_discard,
                packet.is_corrupt,
                packet.size,
                packet.duration or 0,
            )
            self.facts.append(facts)
            yield packet

    def start_at(self, place: int) -> Iterator[Any]:
        """The packets from a place on."""
        if self._kept is not None:
            return islice(self._kept, place, None)
        return self._read_from(place)

    def _read_from(self, place: int) -> Iterator[Any]:
        """The same, of a file that is opened again and closed at the end."""
        if place > 0:
            with closing(self._open()) as video:
                begin, packets = self._seek(video, place)
                if begin is not None:
                    yield from islice(packets, place - begin, None)
                    return
        with closing(self._open()) as video:
            yield from islice(video.demux(), place, None)

    def _seek(
        self, video: Video, place: int
    ) -> tuple[int | None, Iterator[Any]]:
        """Which packet the next one is, if it is not beyond the place."""
        facts = self.facts[place]
        time = facts.pts if facts.dts is None else facts.dts
        if time is None:
            return None, iter(())
        video.seek(time)
        packets = video.demux()
        first = next(packets, None)
        begin = None if first is None else self._find(first)
        if begin is None or begin > place:
            return None, iter(())
        return begin, chain([first], packets)

    def _find(self, packet: Any) -> int | None:
        """Which packet this is, if one alone is like it."""
        if self._places is None:
            marks = [(facts.pts, facts.size) for facts in self.facts]
            self._places = dict(zip(marks, range(len(marks)), strict=True))
            if len(self._places) < len(marks):
                self._places = {}
        return self._places.get((packet.pts, packet.size))

    def where(self, place: int, unit: float) -> str:
        """When a packet is shown, in words.

        Args:
            place: Of the packet.
            unit: Seconds of a unit of time.
        """
        times = self._times()
        if None in times:
            return f'packet {place + 1} of {len(times)}'
        now = times[min(place, len(times) - 1)] - min(times)
        return f'{now * unit:.1f} s of {self.seconds(unit):.1f} s'

    def seconds(self, unit: float) -> float:
        """How long they are, as far as they say."""
        times = [time for time in self._times() if time is not None]
        if not times:
            return 0.0
        return (max(times) - min(times) + self.facts[-1].duration) * unit

    def _times(self) -> list[int | None]:
        return [
            facts.dts if facts.pts is None else facts.pts
            for facts in self.facts
        ]
