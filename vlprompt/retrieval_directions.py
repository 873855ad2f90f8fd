"""What the numbers of retrieval are called, in tables and on pages."""

from collections.abc import Iterable

DIRECTIONS = {'t2v': 'text to video', 'v2t': 'video to text'}
# Scores that are reported beside a model's own, and never instead of them.
FURTHER = {
    'own_caption': 'videos pooled by their own captions',
    'dsl': 'dual softmax over all queries',
}


def directions(metrics: Iterable[str]) -> dict[str, str]:
    """What metrics begin with, and what that is; the model's scores first.

    Args:
        metrics: Names such as ``'t2v/R1'`` and ``'dsl/t2v/R1'``.
    """
    names = dict.fromkeys(
        name.split('/')[0] for name in metrics if name.count('/') == 2
    )
    found = dict(DIRECTIONS)
    for name in names:
        for key, title in DIRECTIONS.items():
            found[f'{name}/{key}'] = f'{title}, {FURTHER.get(name, name)}'
    return found
