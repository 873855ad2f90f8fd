"""Part 2: lists of videos, class lists and captions, changed and damaged."""

import json
import logging
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from mmengine.logging import MMLogger

from vlprompt.datasets.lists.annotations import LabelledVideo, read_annotations
from vlprompt.datasets.lists.captions import read_captions
from vlprompt.datasets.lists.class_names import load_class_names
from vlprompt.errors import UserError

from .damage import DAMAGES
from .list_changes import change_names, encode, spell
from .outcomes import Case, Finding, Outcome, Part, refused, trace
from .written_lists import (
    WRITERS,
    Names,
    draw_names,
    lines_of,
    read_captions_of,
    read_names,
)

SEPARATORS = (' ', ',', '\t', ', ')
FOREIGN_DIGITS = ('\xb2', '\u0663', '\uff12')  # isdigit() is true for them
CLASSES, VIDEOS, CAPTIONS = 'class list', 'list of videos', 'captions'
CHANGED, DAMAGED = 'changed', 'damaged'

IsRight = Callable[[Any], bool]


class DamagedLists(Part):
    """The readers of lists."""

    name = 'lists'
    title = 'Lists and class files'
    about = (
        'Class lists as text, CSV, TSV, JSON (a list, names to ids, ids to '
        'names), YAML and `classInd.txt`, lists of videos with ids or names, '
        'and captions. Each is written from names and labels that are known, '
        'and then changed as people and programs do (byte order marks, line '
        'ends, other encodings, headers, columns in another order, empty '
        'lines, repeated and empty names, ids from 1, digits of other '
        'scripts) or damaged. **Right**: what was written, or, after damage, '
        'what the damaged text says to the letter. Anything else that is '
        'read without a word is wrong, and so is an error with a trace.'
    )
    kinds = {
        f'{what}, {how}': dict(tiny=4, reduced=150, full=500)
        for what in (CLASSES, VIDEOS, CAPTIONS)
        for how in (CHANGED, DAMAGED)
    }

    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Write a list, change it and read it."""
        MMLogger.get_current_instance().setLevel(logging.CRITICAL)
        return ATTEMPTS[case.kind](rng, folder)


def judge(what: str, read: Callable[[], Any], is_right: IsRight) -> Finding:
    """Read a list and compare.

    Args:
        what: Which list it is, for the log.
        read: Reads it.
        is_right: Whether that is what it says.
    """
    try:
        content = read()
    except UserError as error:
        finding = refused(str(error))
    except Exception as error:
        finding = trace(error)
    else:
        outcome = Outcome.RIGHT if is_right(content) else Outcome.WRONG
        shown = '' if outcome is Outcome.RIGHT else f'read as {content}'
        finding = Finding(outcome, shown[:200])
    return finding._replace(detail=f'{what}: {finding.detail}')


def _changed_names(rng: random.Random, folder: Path) -> Finding:
    what, written = change_names(rng, draw_names(rng))
    path = folder / written.file
    path.write_bytes(written.data)
    return judge(
        what,
        lambda: load_class_names(str(path)),
        lambda names: names in written.allowed,
    )


def _damaged_names(rng: random.Random, folder: Path) -> Finding:
    file = rng.choice(list(WRITERS))
    what, data = _damage(rng, WRITERS[file](draw_names(rng)))
    path = folder / file
    path.write_bytes(data)
    return judge(
        f'{file}, {what}',
        lambda: load_class_names(str(path)),
        lambda names: names == read_names(file, data),
    )


def _damage(rng: random.Random, text: str) -> tuple[str, bytes]:
    what = rng.choice(list(DAMAGES))
    return what, DAMAGES[what](text.encode(), rng)


def _draw_videos(rng: random.Random, names: Names) -> tuple[list, str]:
    """Videos with labels, and a list of them."""
    separator = rng.choice(SEPARATORS)
    suffix = rng.choice(['.mp4', '.avi', ' (1).mp4', ', take 2.mp4', ''])
    by_name = rng.random() < 0.3
    videos = [
        LabelledVideo(
            f'{rng.choice(["", "a b/", "v_"])}clip{i}{suffix}x',
            rng.randrange(len(names)),
        )
        for i in range(rng.randint(2, 9))
    ]
    # Names have spaces: only a comma tells where they begin.
    labels = names if by_name and ',' in separator else range(len(names))
    lines = [f'{v.path}{separator}{labels[v.label]}' for v in videos]
    return videos, '\n'.join([*lines, ''])


def _changed_videos(rng: random.Random, folder: Path) -> Finding:
    names = draw_names(rng)
    videos, text = _draw_videos(rng, names)
    path = folder / 'list.txt'
    if rng.random() < 0.7:
        what, data = encode(rng, text)
        names = tuple(spell(what, name) for name in names)
        videos = [v._replace(path=spell(what, v.path)) for v in videos]
    else:
        what, data, videos = _other_label(rng, text, videos)
    path.write_bytes(data)
    return judge(
        what,
        lambda: read_annotations(str(path), names),
        lambda content: content == videos,
    )


def _other_label(
    rng: random.Random, text: str, videos: list
) -> tuple[str, bytes, list | None]:
    """One more line, whose label is no id; None where nothing is right."""
    label = rng.choice([*FOREIGN_DIGITS, '-1', '99', '1.0', 'nan', '', '0 1'])
    data = f'{text}last.mp4 {label}\n'.encode()
    try:
        meant = {'\u0663': 3, '\uff12': 2}[label]
    except KeyError:
        return f'the label {label!r}', data, None
    more = LabelledVideo('last.mp4', meant)
    return f'the label {label!r}', data, [*videos, more]


def _damaged_videos(rng: random.Random, folder: Path) -> Finding:
    names = draw_names(rng)
    _, text = _draw_videos(rng, names)
    what, data = _damage(rng, text)
    path = folder / 'list.txt'
    path.write_bytes(data)
    return judge(
        what,
        lambda: read_annotations(str(path), names),
        lambda videos: _says(data, videos, names),
    )


def _says(data: bytes, videos: Sequence[LabelledVideo], names: Names) -> bool:
    """Whether each line says its video, to the letter."""
    lines = lines_of(data.decode('utf-8-sig'))
    return len(lines) == len(videos) and all(
        _is_line(line, video, names)
        for line, video in zip(lines, videos, strict=True)
    )


def _is_line(line: str, video: LabelledVideo, names: Names) -> bool:
    for label in (str(video.label), names[video.label]):
        path = line.replace('"', '').removesuffix(label)
        if path != line and path.rstrip(' ,\t0') == video.path.rstrip(' ,\t0'):
            return True
    return False


def _draw_captions(rng: random.Random) -> tuple[list, str]:
    entries = {
        f'clip{i}.mp4': list(draw_names(rng)[: rng.randint(1, 3)])
        for i in range(rng.randint(1, 6))
    }
    if rng.random() < 0.5:
        content: Any = entries
    else:
        content = [dict(video=v, caption=c) for v, c in entries.items()]
    return list(entries.items()), json.dumps(content, indent=1) + '\n'


def _changed_captions(rng: random.Random, folder: Path) -> Finding:
    entries, text = _draw_captions(rng)
    path = folder / 'captions.json'
    what, data = encode(rng, text)
    path.write_bytes(data)
    entries = [
        (spell(what, video), [spell(what, caption) for caption in captions])
        for video, captions in entries
    ]
    return judge(
        what,
        lambda: read_captions(str(path)),
        lambda content: [tuple(entry) for entry in content] == entries,
    )


def _damaged_captions(rng: random.Random, folder: Path) -> Finding:
    what, data = _damage(rng, _draw_captions(rng)[1])
    path = folder / 'captions.json'
    path.write_bytes(data)
    return judge(
        what,
        lambda: read_captions(str(path)),
        lambda content: (
            [tuple(entry) for entry in content] == read_captions_of(data)
        ),
    )


ATTEMPTS = {
    f'{CLASSES}, {CHANGED}': _changed_names,
    f'{CLASSES}, {DAMAGED}': _damaged_names,
    f'{VIDEOS}, {CHANGED}': _changed_videos,
    f'{VIDEOS}, {DAMAGED}': _damaged_videos,
    f'{CAPTIONS}, {CHANGED}': _changed_captions,
    f'{CAPTIONS}, {DAMAGED}': _damaged_captions,
}
