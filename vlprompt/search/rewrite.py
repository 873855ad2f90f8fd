"""Parts of an index, written anew: without what is gone, or as fewer."""

from collections.abc import Callable, Iterable
from pathlib import Path

from vlprompt.jobs.folder_lock import locked

from .parts import (
    Block,
    free_number,
    part_numbers,
    read_blocks,
    read_part,
    remove_part,
    write_part,
)
from .shards import Shard
from .videos import VideoFile

FULL = 8192  # rows of a part


def forget(
    index: Path, shard: Shard, is_kept: Callable[[VideoFile], bool]
) -> int:
    """Drop videos from the parts that have them.

    What is kept of a part is written as another one before the part is
    removed.  A process that is killed in between leaves videos twice, and
    equal; the next one drops one of them.

    Args:
        index: The folder of the index.
        shard: The share of the process, which names its parts.
        is_kept: Whether a video stays.

    Returns:
        The number of videos that were dropped.
    """
    seen: set[str] = set()
    dropped: set[str] = set()
    for number in part_numbers(index):
        blocks = read_blocks(index, number)
        keep = []
        for block in blocks:
            path = block.video.path
            is_new = path not in seen and is_kept(block.video)
            keep.append(is_new)
            (seen if is_new else dropped).add(path)
        if all(keep):
            continue
        whole = read_part(index, number)
        kept = [b for b, stays in zip(whole, keep, strict=True) if stays]
        if kept:
            write_part(index, free_number(index, shard), kept)
        remove_part(index, number)
    return len(dropped - seen)


def compact(index: str | Path) -> int:
    """Put small parts together, with the videos in the order of their paths.

    Args:
        index: The folder of the index, which no other process writes to.

    Returns:
        The number of parts that there are now.

    Raises:
        UserError: If a part is damaged, or another command is at work.
    """
    index = Path(index)
    with locked(index):
        old = part_numbers(index)
        blocks = {
            block.video.path: block
            for number in old
            for block in read_part(index, number)
        }
        for group in _groups(blocks[path] for path in sorted(blocks)):
            write_part(index, free_number(index, Shard()), group)
        for number in old:
            remove_part(index, number)
        return len(part_numbers(index))


def _groups(blocks: Iterable[Block]) -> Iterable[list[Block]]:
    group: list[Block] = []
    rows = 0
    for block in blocks:
        group.append(block)
        rows += len(block.times)
        if rows >= FULL:
            yield group
            group, rows = [], 0
    if group:
        yield group
