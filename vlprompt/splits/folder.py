"""The folder that splits are written to, and what it says about them."""

import csv
import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.datasets.lists.list_lines import write_line
from vlprompt.datasets.lists.text_files import read_text
from vlprompt.errors import UserError
from vlprompt.whole_files import write_text

SIDECAR = 'splits.json'


class SplitFile(NamedTuple):
    """A file of a split.

    Args:
        name: Below the folder.
        text: What it holds.
        counts: How many there are of what.
        rule: What it was made by, beside the inputs.
    """

    name: str
    text: str
    counts: dict[str, int]
    rule: dict[str, Any]


def video_file(
    name: str, videos: Sequence[LabelledVideo], **rule: Any
) -> SplitFile:
    """A list, ``path label`` a line."""
    text = ''.join(f'{write_line(*video)}\n' for video in videos)
    classes = Counter(video.label for video in videos).values()
    counts = dict(
        videos=len(videos),
        classes=len(classes),
        fewest=min(classes, default=0),
        most=max(classes, default=0),
    )
    return SplitFile(name, text, counts, rule)


def label_file(
    name: str, class_names: Sequence[str], **rule: Any
) -> SplitFile:
    """A class list, ``id,name`` a line below a header."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator='\n')
    rows.writerows([('id', 'name'), *enumerate(class_names)])
    counts = dict(classes=len(class_names))
    return SplitFile(name, text.getvalue(), counts, rule)


def check_not_replaced(folder: Path, files: Sequence[SplitFile]) -> None:
    """Refuse to replace files that have another content.

    Raises:
        UserError: With the first such file.
    """
    for file in files:
        path = folder / file.name
        if path.exists() and path.read_bytes() != file.text.encode():
            raise UserError(
                f'{path} is there with another content: give another --out, '
                'or --force to replace it'
            )


def write_files(
    folder: Path, files: Sequence[SplitFile], about: dict[str, Any]
) -> None:
    """Write files, and what they were made from to ``splits.json``.

    Args:
        folder: May have other splits in it.
        files: What to write.
        about: The command, its options and its inputs.

    Raises:
        UserError: If the folder is a file, or has another ``splits.json``.
    """
    if folder.exists() and not folder.is_dir():
        raise UserError(f'{folder} is a file, expected a folder')
    sidecar = read_sidecar(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for file in files:
        write_text(folder / file.name, file.text)
        sidecar[file.name] = dict(about, **file.rule, counts=file.counts)
    text = json.dumps(sidecar, indent=2, sort_keys=True, ensure_ascii=False)
    write_text(folder / SIDECAR, f'{text}\n')


def read_sidecar(folder: Path) -> dict[str, dict]:
    """What ``splits.json`` says about each file; nothing without one.

    Raises:
        UserError: If it is no such file.
    """
    path = folder / SIDECAR
    if not path.is_file():
        return {}
    try:
        content = json.loads(read_text(path))
    except (json.JSONDecodeError, RecursionError) as error:
        raise UserError(f'{path} is not JSON: {error}') from error
    entries = content.values() if isinstance(content, dict) else [None]
    if not all(isinstance(entry, dict) for entry in entries):
        raise UserError(
            f'{path} is not what make_splits.py writes, expected an object '
            'that has one for each file'
        )
    return content


def describe_input(
    file: str | Path, class_names: Sequence[str] = ()
) -> dict[str, str]:
    """The name and the SHA-256 of a file that was given.

    Args:
        file: The file, or the name of a class list of the library.
        class_names: Its names, if it is a class list; their lines are hashed
            if there is no such file.
    """
    if Path(file).is_file():
        content = Path(file).read_bytes()
    else:
        content = ''.join(f'{name}\n' for name in class_names).encode()
    digest = hashlib.sha256(content).hexdigest()
    return dict(file=Path(file).name, sha256=digest)
