"""Lists of videos with captions."""

import json
import os
from pathlib import Path
from typing import Any, NamedTuple

from vlprompt.errors import UserError, docs_url
from vlprompt.name_rules import special_token

from .spelling import same_video
from .text_files import read_text

EXPECTED = (
    'expected {file: caption or [captions]} or a list of {"video": file, '
    '"caption": caption or [captions]}'
)


class CaptionedVideo(NamedTuple):
    """A path below the video root, and what is said about the video."""

    path: str
    captions: list[str]


def read_captions(
    ann_file: str | Path, root: str | Path | None = None
) -> list[CaptionedVideo]:
    """Read a JSON file of videos and their captions.

    Either ``{file: captions}`` (MMAction2's ``VideoTextDataset``) or a list
    of ``{video: file, caption: captions}`` (its ``MSRVTTRetrieval``), where
    captions are a string or a list of strings.  In a list a video may come
    several times; its captions are put together, at its first place.
    Captions stay as they are written.

    Args:
        ann_file: The file.
        root: The folder that the videos are below, if it is known.

    Raises:
        UserError: If the file is missing, is no JSON or has another shape;
            names the entry that does not fit.
    """
    path = Path(ann_file)
    if not os.path.isfile(path):
        raise UserError(
            f'no annotation file at {ann_file} ({docs_url("retrieval")} says '
            'how to make it)'
        )
    content = _load(path)
    if isinstance(content, dict):
        entries = [
            (f'{ann_file} entry {name!r}', name, captions)
            for name, captions in content.items()
        ]
    elif isinstance(content, list):
        entries = [
            _of_list(f'{ann_file} entry {number}', entry)
            for number, entry in enumerate(content)
        ]
    else:
        raise UserError(
            f'{ann_file} holds a {type(content).__name__}, {EXPECTED}'
        )
    if not entries:
        raise UserError(f'the annotation file {ann_file} is empty')
    videos: dict[str, list[str]] = {}
    same = same_video([name for _, name, _ in entries], root)
    for first, (where, name, captions) in zip(same, entries, strict=True):
        known = entries[first][1]
        if isinstance(content, dict) and known != name:
            raise UserError(f'{where} is the same video as {known!r}')
        videos.setdefault(known, []).extend(_check(where, captions))
    return [CaptionedVideo(name, texts) for name, texts in videos.items()]


def _load(path: Path) -> Any:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        names = dict(pairs)
        if len(names) < len(pairs):
            seen = [name for name, _ in pairs]
            twice = next(name for name in names if seen.count(name) > 1)
            raise UserError(f'{path} has two entries {twice!r}')
        return names

    try:
        return json.loads(read_text(path), object_pairs_hook=unique)
    except UserError:
        raise
    except (ValueError, RecursionError) as error:
        raise UserError(f'{path} is not JSON: {error}') from error


def _of_list(where: str, entry: Any) -> tuple[str, str, Any]:
    if not isinstance(entry, dict) or not {'video', 'caption'} <= set(entry):
        raise UserError(f'{where}: {_shown(entry)}, {EXPECTED}')
    if not isinstance(entry['video'], str):
        raise UserError(f'{where}: video {_shown(entry["video"])}, {EXPECTED}')
    return f'{where} ({entry["video"]})', entry['video'], entry['caption']


def _check(where: str, captions: Any) -> list[str]:
    texts = [captions] if isinstance(captions, str) else captions
    if not isinstance(texts, list) or not texts:
        raise UserError(
            f'{where}: captions {_shown(captions)}, expected a string or a '
            'list of strings'
        )
    for text in texts:
        if not isinstance(text, str) or not text.strip():
            raise UserError(
                f'{where}: caption {_shown(text)}, expected a text'
            )
        special = special_token(text)
        if special:
            raise UserError(
                f'{where}: caption {_shown(text)} has the special token '
                f'{special} in it, expected words'
            )
    return texts


def _shown(value: Any) -> str:
    return repr(value)[:100]
