"""Which videos are trained on, which are held out, and why."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from vlprompt.datasets.folders import (
    FolderVideo,
    VideoFolder,
    draw_split,
    find_sources_of,
)
from vlprompt.errors import UserError

from .duplicates import find_duplicates
from .prints import VideoPrint

SHOWN = 5


class Placed(NamedTuple):
    """A video, its side, and why it is there.

    Attributes:
        path: Relative to the folder.
        label: The number of its class.
        side: ``'train'`` or ``'val'``.
        group: The first video of those that stay on one side with it.
        why: In words.
        digest: See :class:`VideoPrint`.
    """

    path: str
    label: int
    side: str
    group: str
    why: str
    digest: str


class Division(NamedTuple):
    """The videos of a folder, divided.

    Attributes:
        classes: A text for each class.
        videos: All that can be read.
        left_out: The others: path and reason.
        duplicates: Pairs that show the same.
        notes: What is worth saying, a line each.
    """

    classes: tuple[str, ...]
    videos: list[Placed]
    left_out: list[tuple[str, str]]
    duplicates: list[tuple[str, str]]
    notes: list[str]

    def of(self, side: str) -> list[Placed]:
        """The videos of a side."""
        return [video for video in self.videos if video.side == side]


def divide(
    folder: VideoFolder,
    prints: Mapping[str, VideoPrint],
    share: float,
    seed: int,
) -> Division:
    """Divide a folder, unless it is divided already.

    Clips of one source and videos that show the same stay on one side.

    Args:
        folder: The folder.
        prints: What its videos are like.
        share: For validation.
        seed: Of the draw.

    Raises:
        UserError: If less than two classes can be read, or nothing can be
            held out.
    """
    left_out = [(v.path, p) for v in folder.videos if (p := prints[v.path][0])]
    bad = {path for path, _ in left_out}
    classes, folders, videos = _relabel(
        folder, [v for v in folder.videos if v.path not in bad]
    )
    pairs = find_duplicates([prints[v.path].brightness() for v in videos])
    groups = _groups(videos, find_sources_of(videos, folders), pairs)
    notes = _notes_of_pairs(videos, pairs)
    if folder.is_divided:
        sides = [str(video.side) for video in videos]
        notes += _notes_of_leaks(videos, groups)
        _check_two_sides(folder, sides)
    else:
        labels = [video.label for video in videos]
        sides = draw_split(labels, groups, share, seed)
        notes += _notes_of_alone(videos, sides, classes)
    whys = _whys(folder, videos, groups, sides)
    placed = [
        Placed(v.path, v.label, side, group, why, prints[v.path].digest)
        for v, side, group, why in zip(
            videos, sides, groups, whys, strict=True
        )
    ]
    duplicates = [(videos[i].path, videos[j].path) for i, j in pairs]
    return Division(classes, placed, left_out, duplicates, notes)


def _relabel(
    folder: VideoFolder, videos: Sequence[FolderVideo]
) -> tuple[tuple[str, ...], list[str], list[FolderVideo]]:
    """Texts, folders and videos of the classes that have any."""
    used = sorted({video.label for video in videos})
    if len(used) < 2:
        raise UserError(
            f'{folder.root}: videos of {len(used)} classes can be read, '
            'expected two or more (`vlprompt data check` says more)'
        )
    new = {old: label for label, old in enumerate(used)}
    videos = [video._replace(label=new[video.label]) for video in videos]
    texts = tuple(folder.classes[label] for label in used)
    return texts, [folder.folders[label] for label in used], videos


def _groups(
    videos: Sequence[FolderVideo],
    sources: Sequence[str],
    pairs: Sequence[tuple[int, int]],
) -> list[str]:
    """The first video of each one's group."""
    first = list(range(len(videos)))

    def root(i: int) -> int:
        while first[i] != i:
            first[i] = first[first[i]]
            i = first[i]
        return i

    same: dict[str, int] = {}
    links = [(same.setdefault(key, i), i) for i, key in enumerate(sources)]
    for i, j in (*links, *pairs):
        low, high = sorted((root(i), root(j)))
        first[high] = low
    return [videos[root(i)].path for i in range(len(videos))]


def _check_two_sides(folder: VideoFolder, sides: Sequence[str]) -> None:
    if set(sides) != {'train', 'val'}:
        raise UserError(f'{folder.root}: one side has no readable videos')


def _notes_of_pairs(
    videos: Sequence[FolderVideo], pairs: Sequence[tuple[int, int]]
) -> list[str]:
    notes = []
    if pairs:
        i, j = pairs[0]
        notes.append(
            f'{len(pairs)} pairs of videos show the same, such as '
            f'{videos[i].path} and {videos[j].path}: kept on one side'
        )
    mixed = [p for p in pairs if videos[p[0]].label != videos[p[1]].label]
    notes += [
        f'warning: {videos[i].path} and {videos[j].path} show the same, and '
        'are of two classes'
        for i, j in mixed[:SHOWN]
    ]
    if len(mixed) > SHOWN:
        notes.append(f'warning: so are {len(mixed) - SHOWN} more pairs')
    return notes


def _notes_of_leaks(
    videos: Sequence[FolderVideo], groups: Sequence[str]
) -> list[str]:
    """What a folder that is divided has on both sides."""
    sides = defaultdict(set)
    for video, group in zip(videos, groups, strict=True):
        sides[group].add(video.side)
    leaks = [
        video.path
        for video, group in zip(videos, groups, strict=True)
        if video.side == 'val' and len(sides[group]) > 1
    ]
    if not leaks:
        return []
    return [
        f'warning: {len(leaks)} videos of validation have the same or another '
        f'clip of their source in training, such as {leaks[0]}: the accuracy '
        'will be too high'
    ]


def _notes_of_alone(
    videos: Sequence[FolderVideo], sides: Sequence[str], classes: Sequence[str]
) -> list[str]:
    held = {v.label for v, s in zip(videos, sides, strict=True) if s == 'val'}
    alone = [name for i, name in enumerate(classes) if i not in held]
    if not alone:
        return []
    named = ', '.join(map(repr, alone[:SHOWN]))
    more = f' and {len(alone) - SHOWN} more' if len(alone) > SHOWN else ''
    return [
        f'all videos of {named}{more} are in training: one video, or one '
        'source, cannot be on both sides'
    ]


def _whys(
    folder: VideoFolder,
    videos: Sequence[FolderVideo],
    groups: Sequence[str],
    sides: Sequence[str],
) -> list[str]:
    sizes = Counter(groups)
    of_class = defaultdict(set)
    for video, group in zip(videos, groups, strict=True):
        of_class[video.label].add(group)
    whys = []
    for video, group, side in zip(videos, groups, sides, strict=True):
        if folder.is_divided:
            why = 'the folder says so'
        elif side == 'val':
            why = 'drawn'
        elif len(of_class[video.label]) == 1:
            why = 'nothing else of its class'
        else:
            why = 'not drawn'
        if sizes[group] > 1:
            why += f', with {sizes[group] - 1} of its source or the same'
        whys.append(why)
    return whys
