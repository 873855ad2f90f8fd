"""The table of videos that could not be indexed."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from vlprompt.clips.in_order import Broken
from vlprompt.whole_files import write_text

from .shards import Shard

COLUMNS = 'path', 'reason'


def problems_file(index: Path, shard: Shard) -> Path:
    """Where a process names what it could not read."""
    if shard.is_all:
        return index / 'problems.csv'
    return index / f'problems_{shard.number}_of_{shard.total}.csv'


def write_problems(
    index: Path, shard: Shard, problems: Sequence[Broken]
) -> None:
    """Write the table of a run, in the place of that of the run before."""
    file = problems_file(index, shard)
    if shard.is_all:  # and has tried what shards could not read
        for other in index.glob('problems_*_of_*.csv'):
            other.unlink(missing_ok=True)
    if not problems:
        file.unlink(missing_ok=True)
        return
    text = io.StringIO()
    writer = csv.writer(text, lineterminator='\n')
    writer.writerow(COLUMNS)
    writer.writerows((broken.name, broken.reason) for broken in problems)
    write_text(file, text.getvalue())
