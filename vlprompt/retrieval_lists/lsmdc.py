"""LSMDC: a sentence for each clip of a film."""

import re
from pathlib import Path

from vlprompt.datasets.lists.text_files import read_lines
from vlprompt.errors import UserError

from .files import Source, Split

SPLITS = ('train', 'val', 'test')
PUBLISHED = dict(train='101,079', val='7,408', test='1,000 / 1,000')
GET = 'the lists of LSMDC 2016, for which MPII gives permission'
FILES = dict(
    train='LSMDC16_annos_training.csv',
    val='LSMDC16_annos_val.csv',
    test='LSMDC16_challenge_1000_publictect.csv',
)
# 0001_American_Beauty_00.00.51.926-00.00.54.129
CLIP = re.compile(r'(.+)_\d\d\.\d\d\.\d\d\.\d+-\d\d\.\d\d\.\d\d\.\d+')


def convert(root: Path, split: str) -> Split:
    """One list; clips lie in a folder of their film."""
    path = Source(root, GET).find(FILES[split])
    captions: dict[str, list[str]] = {}
    missing = []
    for number, line in enumerate(read_lines(path), 1):
        if not line.strip():
            continue
        fields = [field.strip() for field in line.split('\t')]
        film = CLIP.fullmatch(fields[0])
        if len(fields) != 6 or film is None:
            raise UserError(
                f'{path} line {number}: {line[:100]!r}, expected 6 fields '
                'with tabs between them: a clip, four times, a sentence'
            )
        clip, sentence = fields[0], fields[5]
        if sentence:
            name = f'{film[1]}/{clip}.avi'
            captions.setdefault(name, []).append(sentence)
        else:
            missing.append(clip)
    return Split(captions, missing)
