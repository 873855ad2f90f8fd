"""MSVD: some forty captions for each video."""

from pathlib import Path

from vlprompt.errors import UserError

from .files import Source, Split, read_ids, read_pickle, select

SPLITS = ('train', 'val', 'test')
PUBLISHED = dict(train='1,200', val='100', test='670 / 27,763')
GET = (
    'msvd_data.zip of CLIP4Clip (the releases of ArrowLuo/CLIP4Clip) and '
    'unpack it there'
)


def convert(root: Path, split: str) -> Split:
    """One list; the words of a caption are joined by spaces."""
    source = Source(root, GET)
    ids = read_ids(source.find(f'{split}_list.txt'))
    return select(ids, _captions(source.find('raw-captions.pkl')), '.avi')


def _captions(path: Path) -> dict[str, list[str]]:
    content = read_pickle(path)
    try:
        return {
            str(name): [' '.join(words) for words in captions]
            for name, captions in content.items()
        }
    except (AttributeError, TypeError) as error:
        raise UserError(
            f'{path}: expected {{video: [[word, ...], ...]}}, got {error!r}'
        ) from error
