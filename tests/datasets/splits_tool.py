"""Making splits, and a small world to split."""

from collections.abc import Sequence
from pathlib import Path

from vlprompt.cli import data_split

ROOT = Path(__file__).parents[2]

NAMES = ('golf', 'hug', 'kiss, twice', 'run')
TRAIN = (5, 3, 6, 4)  # videos of each class
VAL = (2, 1, 2, 1)


def videos(split: str, counts: Sequence[int]) -> list[str]:
    """``train/golf_0.avi 0`` and so on, the classes taking turns."""
    return [
        f'{split}/{NAMES[label].split(",")[0]}_{i}.avi {label}'
        for i in range(max(counts))
        for label, count in enumerate(counts)
        if i < count
    ]


def write_lines(path: Path, lines: Sequence[str]) -> Path:
    path.write_bytes('\n'.join([*lines, '']).encode())
    return path


def write_world(folder: Path) -> None:
    """labels.csv, train.txt and val.txt."""
    rows = [f'{i},"{name}"' for i, name in enumerate(NAMES)]
    write_lines(folder / 'labels.csv', ['id,name', *rows])
    write_lines(folder / 'train.txt', videos('train', TRAIN))
    write_lines(folder / 'val.txt', videos('val', VAL))


def run(command: str, *flags: object) -> None:
    data_split.main([command, *map(str, flags)])


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def few_shot(
    world: Path, out: str, *flags: object, train: str = 'train.txt'
) -> Path:
    files = ('--train', world / train, '--labels', world / 'labels.csv')
    run('few-shot', *files, '--out', world / out, *flags)
    return world / out


def halves(world: Path, out: str, *flags: object) -> Path:
    files = ('--labels', world / 'labels.csv', '--out', world / out)
    run('base-to-novel', *files, *flags)
    return world / out


def both_lists(world: Path) -> tuple:
    train, val = world / 'train.txt', world / 'val.txt'
    return '--train', train, '--val', val, '--shots', 2
