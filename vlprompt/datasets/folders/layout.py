"""Which videos of which classes a folder has.

``FOLDER/<class>/*.mp4``, or ``train/`` and ``val/`` above the classes.
"""

from pathlib import Path
from typing import NamedTuple

from vlprompt.errors import UserError, suggest

from .class_texts import class_texts, plain_letters
from .walk import find_below, folders_in, loose_videos

TRAIN = ('train', 'training')
VAL = ('val', 'valid', 'validation', 'test', 'testing')
SHOWN = 3
EXPECTED = (
    'expected FOLDER/<class>/*.mp4, or train/ and val/ above the classes'
)


class FolderVideo(NamedTuple):
    """A video of a folder.

    Attributes:
        path: Relative to the folder, with slashes.
        label: The number of its class.
        side: ``'train'`` or ``'val'`` if the folder says so.
    """

    path: str
    label: int
    side: str | None = None


class VideoFolder(NamedTuple):
    """The videos of a folder and their classes.

    Attributes:
        root: The folder.
        classes: A text for each class.
        folders: What the classes are called in the folder.
        videos: All videos, class by class, by name.
        notes: What is worth saying, a line each.
    """

    root: Path
    classes: tuple[str, ...]
    folders: tuple[str, ...]
    videos: list[FolderVideo]
    notes: list[str]

    @property
    def is_divided(self) -> bool:
        """Whether the folder says which videos are for validation."""
        return any(video.side == 'val' for video in self.videos)


def read_folder(root: str | Path) -> VideoFolder:
    """Read which videos a folder has.

    Hidden files are left out, links are followed, and what is in folders of a
    class's folder belongs to the class.

    Raises:
        UserError: If there are no videos, no two classes, two layouts at a
            time, or classes of validation that training does not have.
    """
    root = Path(root)
    if not root.is_dir():
        raise UserError(f'no folder at {root}')
    notes: list[str] = []
    sides = _sides(root, notes)
    videos = _read_sides(root, sides, notes)
    if not videos:
        raise UserError(_no_videos(root))
    folders = sorted({folder for _, folder, _ in videos}, key=plain_letters)
    if len(folders) < 2:
        raise UserError(
            f'{root} has one class with videos, {folders[0]!r}: expected two '
            'or more'
        )
    labels = {name: label for label, name in enumerate(folders)}
    found = [FolderVideo(path, labels[f], side) for path, f, side in videos]
    texts = class_texts(folders, root)
    return VideoFolder(root, texts, tuple(folders), found, notes)


def _sides(root: Path, notes: list[str]) -> dict[str | None, str]:
    """The folders of training and validation; ``{None: ''}`` if none are."""
    above = [name for name in folders_in(root) if _is_side(root / name)]
    train = [name for name in above if name.lower() in TRAIN]
    val = [name for name in above if name.lower() in VAL]
    if not train:
        return {None: ''}
    val.sort(key=lambda name: VAL.index(name.lower()))
    used = {train[0], *val}
    beside = [
        name
        for name in folders_in(root)
        if name not in used and find_below(root / name).videos
    ]
    if beside or loose_videos(root):
        others = beside[:SHOWN] or loose_videos(root)[:SHOWN]
        raise UserError(
            f'{root} has {train[0]}/ and, beside it, videos in '
            f'{", ".join(others)}: {EXPECTED}, not both'
        )
    if not val:
        return {None: train[0]}
    if val[1:]:
        others = ', '.join(f'{name}/' for name in val[1:])
        notes.append(f'{root}: {val[0]}/ is held out, {others} left out')
    return {'train': train[0], 'val': val[0]}


def _is_side(folder: Path) -> bool:
    """Whether it has classes in it: a class may be called ``train``, too."""
    if folder.name.lower() not in (*TRAIN, *VAL) or loose_videos(folder):
        return False
    return any(find_below(folder / n).videos for n in folders_in(folder))


def _read_sides(
    root: Path, sides: dict[str | None, str], notes: list[str]
) -> list[tuple[str, str, str | None]]:
    """Path, folder of the class, and side of each video."""
    videos, classes = [], {}
    for side, name in sides.items():
        rows = _read_classes(root / name, notes)
        classes[side] = sorted({folder for _, folder in rows})
        prefix = f'{name}/' if name else ''
        videos += [(prefix + path, folder, side) for path, folder in rows]
    if 'val' in classes:
        _check_same(root, sides, classes, notes)
    elif sides[None]:
        notes.append(
            f'{root} has {sides[None]}/ and no {VAL[0]}/: a part of it is '
            'held out'
        )
    return videos


def _read_classes(folder: Path, notes: list[str]) -> list[tuple[str, str]]:
    rows = []
    for name in folders_in(folder):
        found = find_below(folder / name)
        rows += [(f'{name}/{path}', name) for path in found.videos]
        if not found.videos:
            what = f'{found.images} images' if found.images else 'no videos'
            notes.append(f'{folder / name} has {what}: left out')
    loose = loose_videos(folder)
    if rows and loose:
        notes.append(
            f'{len(loose)} videos lie in no folder of a class, such as '
            f'{folder / loose[0]}: left out'
        )
    return rows


def _check_same(
    root: Path,
    sides: dict[str | None, str],
    classes: dict[str | None, list[str]],
    notes: list[str],
) -> None:
    train, val = classes['train'], classes['val']
    unknown = [name for name in val if name not in train]
    if unknown:
        raise UserError(
            f'{root / sides["val"]} has classes that {sides["train"]}/ does '
            f'not have: {", ".join(unknown[:SHOWN])}'
            f'{suggest(unknown[0], train)}'
        )
    without = [name for name in train if name not in val]
    if without:
        notes.append(
            f'{len(without)} of {len(train)} classes have no videos in '
            f'{sides["val"]}/, such as {without[0]}'
        )


def _no_videos(root: Path) -> str:
    loose, found = loose_videos(root), find_below(root)
    if loose:
        return (
            f'{root} has {len(loose)} videos, and no folders of classes: '
            f'{EXPECTED}'
        )
    there = f'{found.others} other files'
    if found.images:
        there = f'{found.images} images, which are not read in their place'
    return f'no videos below {root}, {there}: {EXPECTED}'
