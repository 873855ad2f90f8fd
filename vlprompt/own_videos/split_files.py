"""The files of a split: ordinary lists, and why each video is where."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from vlprompt.datasets.lists.annotations import LabelledVideo
from vlprompt.splits.folder import video_file
from vlprompt.version import __version__
from vlprompt.whole_files import write_text

from .divide import Division

SPLIT = 'split.json'


def write_split(
    out: Path, root: Path, division: Division, share: float, seed: int
) -> None:
    """Write ``train.txt``, ``val.txt`` and ``split.json``."""
    lists = {}
    for side in ('train', 'val'):
        videos = [LabelledVideo(v.path, v.label) for v in division.of(side)]
        file = video_file(f'{side}.txt', videos)
        write_text(out / file.name, file.text)
        digest = hashlib.sha256(file.text.encode()).hexdigest()
        lists[file.name] = dict(sha256=digest, **file.counts)
    content = dict(
        folder=str(root),
        made_by=f'vlprompt {__version__}',
        seed=seed,
        val_share=share,
        lists=lists,
        classes=division.classes,
        notes=division.notes,
        left_out=dict(division.left_out),
        duplicates=division.duplicates,
        videos={
            v.path: dict(
                label=v.label,
                side=v.side,
                group=v.group,
                why=v.why,
                digest=v.digest,
            )
            for v in division.videos
        },
    )
    text = json.dumps(content, indent=1, ensure_ascii=False)
    write_text(out / SPLIT, f'{text}\n')


def read_split(out: Path) -> dict[str, Any] | None:
    """What an earlier run wrote, if it can be read."""
    try:
        return json.loads((out / SPLIT).read_text('utf-8'))
    except (OSError, ValueError):
        return None


def changes(before: dict[str, Any] | None, division: Division) -> str:
    """What is new, changed or gone since an earlier run; or nothing."""
    if before is None:
        return ''
    old = {p: v['digest'] for p, v in before['videos'].items()}
    now = {video.path: video.digest for video in division.videos}
    both = old.keys() & now.keys()
    counts = {
        'new': len(now.keys() - old.keys()),
        'changed': sum(old[path] != now[path] for path in both),
        'gone': len(old.keys() - now.keys()),
    }
    words = [f'{count} {word}' for word, count in counts.items() if count]
    return ', '.join(words)
