"""Embeddings of videos as files: an array for each."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vlprompt.apis import VideoEmbedder
from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import Broken
from vlprompt.clips.sources import Source
from vlprompt.clips.windows import Span
from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable, remove_leftovers

from .build import Embed, Listener
from .encoding import Embedded, embed_apart
from .manifest import make_manifest, take
from .parts import write_array
from .problems import write_problems
from .shards import Shard

TIMES = '.times.npy'


class Written(NamedTuple):
    """What a run has done.

    Attributes:
        written: Videos that were embedded.
        there: Videos whose files were there.
        problems: Videos that cannot be read.
    """

    written: int
    there: int
    problems: tuple[Broken, ...]


def embed_to_files(
    inputs: Any,
    out: str | Path,
    embedder: VideoEmbedder | str | Path | None = None,
    window: float | None = None,
    stride: float | None = None,
    *,
    rows: str = 'windows',
    batch_size: int = 8,
    num_workers: int = 2,
    shard: Shard | None = None,
    listen: Listener | None = None,
) -> Written:
    """Write ``NAME.npy`` and ``NAME.times.npy`` for each video.

    The first is float32 of unit length, (N, E), a row for each window or
    frame; the second has (N, 2) seconds, from and to.  NAME is the path of
    the video below the folder that all have in common, without its suffix.
    Files that are there are kept: a run that was ended goes on.

    Args:
        inputs: See :func:`find_sources`; files.
        out: The folder to write to.
        embedder: A model, or the name of one; vanilla CLIP if not given.
        window: Seconds of a window; None for whole videos, a row each.
        stride: Seconds from a window, or a frame, to the next.
        rows: ``'windows'``; or ``'frames'``, for single ones.
        batch_size: Windows of a video that are computed together.
        num_workers: Videos that are read at the same time.
        shard: The share of this process, see :func:`build_index`.
        listen: Called after each video with videos done, all of them and the
            path.

    Raises:
        UserError: If there are no videos, none can be read, the folder has
            embeddings of something else, or the model's frames have none.
    """
    out, shard = Path(out), shard or Shard()
    named = _named(find_sources(inputs))
    if rows == 'frames':
        window = stride = 1.0 if stride is None else stride
    if window is not None:
        window, stride = Span.checked(window, stride)
    if not isinstance(embedder, VideoEmbedder):
        embedder = VideoEmbedder(embedder)
    if rows == 'frames':
        embed = partial(_embed_frames, embedder, stride, batch_size)
    elif rows == 'windows':
        embed = partial(
            embed_apart,
            embedder,
            batch_size=batch_size,
            num_workers=num_workers,
            window=window,
            stride=stride,
        )
    else:
        raise UserError(f"rows={rows!r}, expected 'windows' or 'frames'")
    check_writable(out)
    manifest = make_manifest(embedder, window, stride, Path(), rows)
    del manifest['root']
    take(out, manifest)
    remove_leftovers(out)
    return _write_all(out, named, embed, shard, listen or (lambda *_: None))


def _write_all(
    out: Path,
    named: dict[str, Source],
    embed: Embed,
    shard: Shard,
    listen: Listener,
) -> Written:
    own = shard.of(sorted(named))
    todo = [name for name in own if not (out / f'{name}{TIMES}').exists()]
    problems = []
    found = embed([named[name] for name in todo])
    for done, (name, video) in enumerate(zip(todo, found, strict=True), 1):
        if isinstance(video, Broken):
            problems.append(video)
        else:
            (out / name).parent.mkdir(parents=True, exist_ok=True)
            write_array(out / f'{name}.npy', video.features)
            write_array(out / f'{name}{TIMES}', video.times)
        listen(done, len(todo), named[name].name)
    write_problems(out, shard, problems)
    if problems and len(problems) == len(own):
        raise UserError(f'no video can be read: {problems[0].line()}')
    written = len(todo) - len(problems)
    return Written(written, len(own) - len(todo), tuple(problems))


def _embed_frames(
    embedder: VideoEmbedder,
    stride: float,
    batch_size: int,
    sources: Sequence[Source],
) -> Iterator[Embedded | Broken]:
    """Single frames of each video: (T, E)."""
    for source in sources:
        problems: list[Broken] = []
        rows = [
            *embedder.embed_frames(
                [source], stride, batch_size, 1, problems.append
            )
        ]
        if problems:
            yield problems[0]
            continue
        times = np.array([(row.start, row.end) for row in rows])
        features = np.stack([row.features.numpy() for row in rows])
        yield Embedded(source, times, features)


def _named(sources: Sequence[Source]) -> dict[str, Source]:
    """Videos by the names of their arrays."""
    others = [source.name for source in sources if source.file is None]
    if others:
        raise UserError(f'{others[0]} is no file, which gives no name')
    files = {os.path.abspath(s.file): s for s in sources}
    common = os.path.commonpath([os.path.dirname(file) for file in files])
    paths = {os.path.relpath(file, common): s for file, s in files.items()}
    stems = Counter(os.path.splitext(path)[0] for path in paths)
    # With the suffix where two differ in nothing else.
    return {
        path if stems[stem] > 1 else stem: source
        for path, source in paths.items()
        for stem in [os.path.splitext(path)[0]]
    }
