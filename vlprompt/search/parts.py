"""The parts of an index: embeddings of some videos, and what they are of."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from vlprompt.errors import UserError
from vlprompt.whole_files import whole_file, write_text

from .shards import Shard
from .videos import VideoFile

EMBEDDINGS, METADATA = 'img_emb', 'metadata'
DIGITS = 3  # of seconds
ATTEMPTS = 5  # to read what another process rewrites
NAME = re.compile(METADATA + r'_(\d{4,})\.jsonl')


class Block(NamedTuple):
    """The N windows of a video.

    Attributes:
        video: The file.
        times: (N, 2) seconds, from and to.
        features: (N, E) float16, of unit length before they were rounded;
            None where only the rest is read.
    """

    video: VideoFile
    times: np.ndarray
    features: np.ndarray | None = None


def part_numbers(index: Path) -> list[int]:
    """The parts that are whole, sorted.

    A part is there when its metadata are, which are written last.
    """
    names = (file.name for file in (index / METADATA).glob('*.jsonl'))
    found = (NAME.fullmatch(name) for name in names)
    return sorted(int(match[1]) for match in found if match)


def embeddings_file(index: Path, number: int) -> Path:
    """The (N, E) float16 array of a part."""
    return index / EMBEDDINGS / f'{EMBEDDINGS}_{number:04}.npy'


def metadata_file(index: Path, number: int, suffix: str = 'jsonl') -> Path:
    """A line of JSON for each row of a part."""
    return index / METADATA / f'{METADATA}_{number:04}.{suffix}'


def free_number(index: Path, shard: Shard) -> int:
    """The next part of a process: no other one of its job takes it."""
    taken = set(part_numbers(index))
    number = shard.number
    while number in taken:
        number += shard.total
    return number


def write_part(index: Path, number: int, blocks: Sequence[Block]) -> None:
    """Write some videos; a process that is killed leaves all or nothing."""
    lines = [
        json.dumps(_row(block.video, *times), ensure_ascii=False) + '\n'
        for block in blocks
        for times in block.times.tolist()
    ]
    (index / EMBEDDINGS).mkdir(parents=True, exist_ok=True)
    (index / METADATA).mkdir(exist_ok=True)
    features = np.concatenate([block.features for block in blocks])
    write_array(embeddings_file(index, number), features.astype(np.float16))
    write_text(metadata_file(index, number), ''.join(lines))


def write_array(path: Path, values: np.ndarray) -> None:
    """Write a ``.npy`` file as a whole."""
    with whole_file(path) as part, part.open('wb') as file:
        np.save(file, values)


def _row(video: VideoFile, start: float, end: float) -> dict:
    return dict(
        path=video.path,
        start=round(start, DIGITS),
        end=round(end, DIGITS),
        mtime=video.mtime,
        size=video.size,
        content=video.content,
    )


def remove_part(index: Path, number: int) -> None:
    """Remove a part; the metadata first, without which there is none."""
    metadata_file(index, number).unlink(missing_ok=True)
    metadata_file(index, number, 'parquet').unlink(missing_ok=True)
    embeddings_file(index, number).unlink(missing_ok=True)


def read_blocks(index: Path, number: int) -> list[Block]:
    """The videos of a part, without their embeddings.

    Raises:
        UserError: If the metadata are damaged.
    """
    file = metadata_file(index, number)
    try:
        lines = file.read_text(encoding='utf-8').split('\n')[:-1]
        return list(_blocks(json.loads(f'[{",".join(lines)}]')))
    except FileNotFoundError:  # another process has just rewritten it
        return []
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(_damaged(index, number, file, error)) from error


def read_features(index: Path, number: int, rows: int) -> np.ndarray:
    """The (N, E) float16 of a part; they stay on the disk until used.

    Args:
        index: The folder of the index.
        number: Of the part.
        rows: What N has to be.

    Raises:
        UserError: If the file is damaged, or of another part.
    """
    file = embeddings_file(index, number)
    try:
        features = np.load(file, mmap_mode='r', allow_pickle=False)
        if features.dtype != np.float16 or features.ndim != 2:
            raise ValueError(f'{features.dtype} of {features.ndim} dimensions')
        if len(features) != rows:
            raise ValueError(f'{len(features)} rows, {rows} expected')
    except (OSError, ValueError, EOFError) as error:
        raise UserError(_damaged(index, number, file, error)) from error
    return features


def read_whole(index: Path, number: int) -> tuple[list[Block], np.ndarray]:
    """The N windows of a part, and their (N, E) embeddings.

    Raises:
        UserError: If a file of it is damaged.
    """
    blocks = read_blocks(index, number)
    rows = sum(len(block.times) for block in blocks)
    return blocks, read_features(index, number, rows)


def read_part(index: Path, number: int) -> list[Block]:
    """The videos of a part, with their embeddings.

    Raises:
        UserError: If a file of it is damaged.
    """
    blocks, features = read_whole(index, number)
    ends = np.cumsum([len(block.times) for block in blocks])
    split = np.split(features, ends[:-1])
    return [
        block._replace(features=own)
        for block, own in zip(blocks, split, strict=True)
    ]


def read_all(index: Path) -> dict[int, tuple[list[Block], np.ndarray]]:
    """All parts, see :func:`read_whole`, even while one is rewritten.

    Raises:
        UserError: If a file is damaged.
    """
    for _ in range(ATTEMPTS):
        numbers = part_numbers(index)
        try:
            parts = {number: read_whole(index, number) for number in numbers}
        except UserError:
            if part_numbers(index) == numbers:
                raise
            continue
        if part_numbers(index) == numbers:
            return parts
    raise UserError(f'{index} is being rewritten: try again')


def refuse_lengths(index: Path, number: int) -> None:
    """Say that embeddings of a part are not of unit length.

    Raises:
        UserError: That is what it does.
    """
    file = embeddings_file(index, number)
    error = 'embeddings that are not of unit length'
    raise UserError(_damaged(index, number, file, error))


def _blocks(rows: Iterable[dict]) -> Iterator[Block]:
    """Rows to videos: those of a video follow each other."""
    video, times = None, []
    for row in rows:
        found = VideoFile(
            row['path'], row['mtime'], row['size'], row['content']
        )
        if video is not None and found != video:
            yield Block(video, np.array(times))
            times = []
        video = found
        times.append((float(row['start']), float(row['end'])))
    if video is not None:
        yield Block(video, np.array(times))


def _damaged(index: Path, number: int, file: Path, error: object) -> str:
    reason = ' '.join(str(error).split())
    return (
        f'{file} is damaged ({reason}): remove it and '
        f'{metadata_file(index, number).name}, and run `vlprompt index` again'
    )
