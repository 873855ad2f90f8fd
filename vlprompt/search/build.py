"""Making an index of a folder, and bringing it up to date."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from vlprompt.apis import VideoEmbedder
from vlprompt.clips.in_order import Broken
from vlprompt.clips.sources import Source, file_source
from vlprompt.clips.windows import Span
from vlprompt.datasets.readers.decode_errors import reason
from vlprompt.errors import UserError
from vlprompt.jobs.folder_lock import locked
from vlprompt.whole_files import check_writable, remove_leftovers

from .encoding import Embedded, embed_apart
from .manifest import FILE as MANIFEST
from .manifest import make_manifest, take
from .parts import Block, free_number, part_numbers, read_blocks, write_part
from .problems import write_problems
from .rewrite import forget
from .shards import Shard
from .videos import Unchanged, VideoFile, hash_file, list_videos

ROWS, SECONDS = 8192, 60.0  # until a part is written, whichever comes first
Embed = Callable[[Sequence[Source]], Iterator[Embedded | Broken]]
Listener = Callable[[int, int, str], Any]


class Built(NamedTuple):
    """What a run has done.

    Attributes:
        videos: In the index, as far as this process knows.
        windows: Of these.
        embedded: Videos that were new or had changed.
        forgotten: Videos that were deleted or had changed.
        problems: Videos that cannot be read.
    """

    videos: int
    windows: int
    embedded: int
    forgotten: int
    problems: tuple[Broken, ...]


def build_index(
    folder: str | Path,
    index: str | Path = 'index',
    embedder: VideoEmbedder | str | Path | None = None,
    window: float | None = 4.0,
    stride: float | None = 2.0,
    *,
    batch_size: int = 8,
    num_workers: int = 2,
    shard: Shard | None = None,
    listen: Listener | None = None,
) -> Built:
    """Embed the windows of all videos below a folder that are not yet.

    What was deleted or has changed is forgotten.  A run that ends early, by
    ``kill -9`` too, goes on where its last part ended.

    Args:
        folder: Of the videos.
        index: The folder of the index; made if it is not there.
        embedder: A model, or the name of one; vanilla CLIP if not given.
        window: Seconds of a window; None for whole videos.
        stride: Seconds from a window to the next; a window if not given.
        batch_size: Windows of a video that are computed together.
        num_workers: Videos that are read at the same time.
        shard: The share of this process, if several fill the index; all if
            not given.  They need no word of each other, and nothing has to
            be merged.
        listen: Called after each video with videos done, all of them and the
            path.

    Raises:
        UserError: If there are no videos, none can be read, or the index is
            of another model, another folder or other windows.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> from vlprompt.apis import open_index
        >>> built = build_index('data/toy/videos', 'index', 'clip_toy')
        >>> hits = open_index('index').search('a red star', k=3)
    """
    if window is not None:
        window, stride = Span.checked(window, stride)
    list_videos(folder)  # before the model is loaded
    if not isinstance(embedder, VideoEmbedder):
        embedder = VideoEmbedder(embedder)
    manifest = make_manifest(embedder, window, stride, Path(folder))
    embed = partial(
        embed_apart,
        embedder,
        batch_size=batch_size,
        num_workers=num_workers,
        window=window,
        stride=stride,
    )
    return update_index(folder, index, manifest, embed, shard, listen)


def update_index(
    folder: str | Path,
    index: str | Path,
    manifest: dict[str, Any],
    embed: Embed,
    shard: Shard | None = None,
    listen: Listener | None = None,
) -> Built:
    """Bring an index up to date, with anything that embeds.

    Args:
        folder: See :func:`build_index`, as for the others.
        index: See there.
        manifest: What the embeddings are of.
        embed: Gives for each source what has become of it, in their order.
        shard: See there.
        listen: See there.

    Raises:
        UserError: See there.
    """
    shard = shard or Shard()
    root, index = Path(folder), Path(index)
    videos = list_videos(root)
    check_writable(index)
    with _alone(index, shard):
        known = take(index, manifest)
        _check_root(index, known['root'], manifest['root'])
        run = _Run(index, root, videos, shard)
        run.embed(embed, listen or (lambda *_: None))
    return run.summary()


def _alone(index: Path, shard: Shard) -> AbstractContextManager:
    """Keep others from the same work."""
    if shard.is_all:
        remove_leftovers(index)
        return locked(index)
    # Parts of other shards have other names.
    folder = index / f'.shard_{shard.number}_of_{shard.total}'
    folder.mkdir(exist_ok=True)
    return locked(folder)


def _check_root(index: Path, known: str, given: str) -> None:
    if known != given:
        raise UserError(
            f'the index {index} is of {known}, not of {given} (where the '
            f'folder was moved, change "root" in {index / MANIFEST})'
        )


class _Run:
    """One process that brings an index up to date.

    Args:
        index: The folder of the index.
        root: That of the videos.
        videos: All of them.
        shard: The share of the process; the first one forgets.
    """

    def __init__(
        self, index: Path, root: Path, videos: list[VideoFile], shard: Shard
    ) -> None:
        self._index, self._root, self._shard = index, root, shard
        unchanged = Unchanged(root, videos)
        self._forgotten = 0
        if shard.number == 0:
            self._forgotten = forget(index, shard, unchanged)
        self._windows: dict[str, int] = {}
        for number in part_numbers(index):
            for block in read_blocks(index, number):
                if unchanged(block.video):
                    self._windows[block.video.path] = len(block.times)
        own = shard.of(videos)
        self._todo = [v for v in own if v.path not in self._windows]
        self._embedded = 0
        self._problems: list[Broken] = []

    def embed(self, embed: Embed, listen: Listener) -> None:
        """Embed what is missing, part by part."""
        sources = [file_source(str(self._root / v.path)) for v in self._todo]
        found = zip(self._todo, embed(sources), strict=True)
        waiting: list[Block] = []
        since = time.monotonic()
        try:
            for done, (video, result) in enumerate(found, 1):
                waiting += self._blocks(video, result)
                rows = sum(len(block.times) for block in waiting)
                if rows >= ROWS or time.monotonic() - since > SECONDS:
                    self._write(waiting)
                    waiting, since = [], time.monotonic()
                listen(done, len(sources), video.path)
        finally:  # Ctrl-C, too
            self._write(waiting)
        write_problems(self._index, self._shard, self._problems)

    def _blocks(
        self, video: VideoFile, result: Embedded | Broken
    ) -> Iterator[Block]:
        """What goes into a part; nothing of what cannot be read."""
        if isinstance(result, Broken):
            self._problems.append(result._replace(name=video.path))
            return
        try:
            content = hash_file(self._root / video.path)
        except OSError as error:  # it has gone in the meantime
            self._problems.append(Broken(video.path, reason(error), error))
            return
        self._windows[video.path] = len(result.times)
        self._embedded += 1
        yield Block(
            video._replace(content=content),
            result.times,
            result.features.astype(np.float16),
        )

    def _write(self, blocks: list[Block]) -> None:
        if blocks:
            number = free_number(self._index, self._shard)
            write_part(self._index, number, blocks)

    def summary(self) -> Built:
        """What was done.

        Raises:
            UserError: If nothing can be read.
        """
        if self._shard.is_all and self._problems and not self._windows:
            first = self._problems[0]
            raise UserError(f'no video can be read: {first.line()}')
        return Built(
            len(self._windows),
            sum(self._windows.values()),
            self._embedded,
            self._forgotten,
            tuple(self._problems),
        )
