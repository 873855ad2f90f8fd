"""The numbers of a test that stand in large letters."""

from __future__ import annotations

from .run_folder import TestRecord
from .statistics import wilson


def headline(test: TestRecord) -> list[tuple[str, str]]:
    """Accuracy or recall with what they are, and the videos scored."""
    tiles = []
    for name, title in (('top1', 'top-1'), ('top5', 'top-5')):
        value = test.metric(f'acc/{name}')
        if value is None:
            continue
        note = title
        scored = test.metric('scored')
        if name == 'top1' and scored:
            low, high = wilson(value, int(scored))
            note += f', 95 % interval {100 * low:.1f} to {100 * high:.1f}'
        tiles.append((f'{100 * value:.1f} %', note))
    for key, title in (('t2v', 'text to video'), ('v2t', 'video to text')):
        value = test.metric(f'{key}/R1')
        if value is not None:
            tiles.append((f'{value:.1f} %', f'R@1, {title}'))
    scored, listed = test.metric('scored'), test.metric('listed')
    if scored is not None and listed is not None:
        tiles.append((f'{scored:,.0f}', f'of {listed:,.0f} videos scored'))
    return tiles
