"""DiDeMo: the descriptions of a video as one paragraph."""

import os
from collections.abc import Callable
from pathlib import Path

from vlprompt.errors import UserError

from .files import Source, Split, read_ids, read_json, select

SPLITS = ('train', 'val', 'test')
PUBLISHED = dict(train='8,395', val='1,065', test='1,004')
GET = (
    '{train,val,test}_data.json of LisaAnne/LocalizingMoments and '
    '{train,val,test}_list.txt of albanie/collaborative-experts '
    '(misc/datasets/didemo) there'
)


def convert(root: Path, split: str, match: str = 'exact') -> Split:
    """One list; ``unused`` counts descriptions.

    Args:
        root: The folder of the published files.
        split: One of ``SPLITS``.
        match: ``'exact'`` joins the descriptions of a file name, as
            CLIP4Clip does; ``'stem'`` those of all its extensions.
    """
    source = Source(root, GET)
    ids = read_ids(source.find(f'{split}_list.txt'))
    key = _stem if match == 'stem' else str
    sentences = _sentences(source.find(f'{split}_data.json'), key)
    chosen = select(ids, {name: sentences.get(key(name), []) for name in ids})
    used = sum(map(len, chosen.captions.values()))
    total = sum(map(len, sentences.values()))
    paragraphs = {
        name: [' '.join(texts)] for name, texts in chosen.captions.items()
    }
    return Split(paragraphs, chosen.missing, total - used)


def _stem(name: str) -> str:
    return os.path.splitext(name)[0]


def _sentences(path: Path, key: Callable[[str], str]) -> dict[str, list[str]]:
    """Descriptions of each video, in the order of the file."""
    sentences: dict[str, list[str]] = {}
    try:
        for moment in read_json(path):
            texts = sentences.setdefault(key(moment['video']), [])
            texts.append(moment['description'].strip())
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f'{path}: expected [{{"video": ..., "description": ...}}, ...], '
            f'got {error!r}'
        ) from error
    return sentences
