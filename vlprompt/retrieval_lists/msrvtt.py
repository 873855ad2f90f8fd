"""MSR-VTT: 1k-A for tests, 9k or 7k videos for training."""

from pathlib import Path

from vlprompt.errors import UserError

from .files import Source, Split, read_columns, read_json, select, unique

SPLITS = ('train_9k', 'train_7k', 'test_JSFUSION')
PUBLISHED = dict(
    train_9k='9,000 / 180,000',
    train_7k='7,010 / 140,200',
    test_JSFUSION='1,000 / 1,000',
)
GET = (
    'msrvtt_data.zip of CLIP4Clip (the releases of ArrowLuo/CLIP4Clip) and '
    'unpack it there'
)


def convert(root: Path, split: str) -> Split:
    """One list; test captions are the sentences of the JSFUSION file."""
    source = Source(root, GET)
    if split == 'test_JSFUSION':
        path = source.find('MSRVTT_JSFUSION_test.csv')
        pairs = read_columns(path, 'video_id', 'sentence')
        unique([name for name, _ in pairs], path)
        return select(
            [name for name, _ in pairs],
            {name: [text] for name, text in pairs if text},
            '.mp4',
        )
    path = source.find(f'MSRVTT_train.{split[-2:]}.csv')
    ids = [name for (name,) in read_columns(path, 'video_id')]
    captions = _sentences(source.find('MSRVTT_data.json'))
    return select(unique(ids, path), captions, '.mp4')


def _sentences(path: Path) -> dict[str, list[str]]:
    content = read_json(path)
    captions: dict[str, list[str]] = {}
    try:
        for sentence in content['sentences']:
            texts = captions.setdefault(sentence['video_id'], [])
            texts.append(sentence['caption'].strip())
    except (KeyError, TypeError, AttributeError) as error:
        raise UserError(
            f'{path}: expected {{"sentences": [{{"video_id": ..., "caption": '
            f'...}}, ...]}}, got {error!r}'
        ) from error
    return captions
