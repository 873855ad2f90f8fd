"""Look at the videos of a folder, once each."""

import json
import os
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from vlprompt.datasets.readers.probe import probe_files
from vlprompt.datasets.readers.video_facts import VideoFacts

from .prints import VideoPrint, print_video

CHECKED = 'checked.jsonl'


def check_videos(
    root: Path,
    paths: Sequence[str],
    out: Path,
    jobs: int,
    expect: Callable[[int], None],
    advance: Callable[[], None],
) -> dict[str, VideoPrint]:
    """What each video is like, read or as it was found before.

    Args:
        root: The folder of the videos.
        paths: Below it.
        out: Where ``checked.jsonl`` remembers good videos, which are read
            again if their size or time has changed.
        jobs: Processes.
        expect: Told how many are read.
        advance: Called after each.
    """
    stamps = {path: _stamp(root / path) for path in paths}
    known = _read_known(out / CHECKED, stamps)
    files = {str(root / path): path for path in paths if path not in known}
    expect(len(files))
    jobs = max(1, min(jobs, len(files)))
    with (
        (out / CHECKED).open('w', encoding='utf-8', newline='\n') as log,
        closing(probe_files(list(files), print_video, jobs)) as results,
    ):
        for path, found in known.items():
            print(json.dumps([path, stamps[path], found]), file=log)
        for file, found in results:
            advance()
            path = files[file]
            if isinstance(found, VideoFacts):  # the decoder crashed
                found = VideoPrint(problem=found.problem)
            known[path] = found
            if not found.problem:
                row = json.dumps([path, stamps[path], found])
                print(row, file=log, flush=True)
    return {path: known[path] for path in paths}


def _stamp(file: Path) -> list[int] | None:
    try:
        status = os.stat(file)
    except OSError:  # a link to nothing
        return None
    return [status.st_size, status.st_mtime_ns]


def _read_known(
    log: Path, stamps: dict[str, list[int] | None]
) -> dict[str, VideoPrint]:
    known = {}
    lines = log.read_text('utf-8').splitlines() if log.is_file() else []
    for line in lines:
        try:
            path, stamp, found = json.loads(line)
            found = VideoPrint(*found)
        except (ValueError, TypeError):  # cut off in the middle
            continue
        if path in stamps and stamps[path] == stamp:
            known[path] = found
    return known
