"""The metadata of an index as clip-retrieval reads them."""

from collections.abc import Iterator
from pathlib import Path

from vlprompt.whole_files import whole_file

from .manifest import read_manifest
from .parts import Block, metadata_file, part_numbers, read_blocks


def write_parquet(index: str | Path) -> int:
    """Write ``metadata/*.parquet`` for all parts that have none.

    With ``img_emb/*.npy``, whose rows they are of, these are the folder that
    ``clip-retrieval index`` and ``back`` take.  Its columns are
    ``image_path``, ``caption`` and ``url``; the times are there as well.

    Args:
        index: The folder of the index.

    Returns:
        The number of files that were written.

    Raises:
        ImportError: If pyarrow is not installed.
    """
    import pyarrow
    import pyarrow.parquet

    index = Path(index)
    root = Path(read_manifest(index)['root'])
    written = 0
    for number in part_numbers(index):
        file = metadata_file(index, number, 'parquet')
        if file.exists():
            continue
        rows = [
            row
            for block in read_blocks(index, number)
            for row in _rows(block, root)
        ]
        with whole_file(file) as part:
            pyarrow.parquet.write_table(
                pyarrow.Table.from_pylist(rows), str(part)
            )
        written += 1
    return written


def _rows(block: Block, root: Path) -> Iterator[dict]:
    path = root / block.video.path
    for start, end in block.times.tolist():
        yield dict(
            image_path=str(path),
            caption=f'{block.video.path} {start:g}-{end:g} s',
            # A media fragment: players begin there.
            url=f'{path.as_uri()}#t={start:g},{end:g}',
            video=block.video.path,
            start=start,
            end=end,
        )
