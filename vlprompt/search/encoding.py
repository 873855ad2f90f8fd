"""Videos to embeddings, each by itself."""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np
import torch

from vlprompt.apis import VideoEmbedder
from vlprompt.clips.encoding import embed_visual, encode
from vlprompt.clips.in_order import Broken, read_in_order
from vlprompt.clips.sources import Source

END = None  # after the items of a source


class Embedded(NamedTuple):
    """The N windows of a video.

    Attributes:
        source: The video.
        times: (N, 2) seconds, from and to.
        features: (N, E) float32 of unit length.
    """

    source: Source
    times: np.ndarray
    features: np.ndarray


def embed_apart(
    embedder: VideoEmbedder,
    sources: Sequence[Source],
    batch_size: int = 8,
    num_workers: int = 0,
    window: float | None = None,
    stride: float | None = None,
) -> Iterator[Embedded | Broken]:
    """Each video with all its windows, or what is wrong with it.

    No batch has windows of two videos: sums depend on the size of a batch in
    their last bits, and what becomes of a video must not depend on the
    others.

    Args:
        embedder: The model.
        sources: The videos.
        batch_size: Windows that are computed together.
        num_workers: Videos that are read at the same time.
        window: Seconds of a window; None for whole videos.
        stride: From a window to the next; a window if not given.
    """
    read = partial(_with_end, embedder.reading(batch_size, window, stride))
    items = read_in_order(sources, read, num_workers)
    for source in sources:
        yield _embed_one(embedder, source, items, batch_size)


def _with_end(read: Any, source: Source) -> Iterator[Any]:
    yield from read(source)
    yield END


def _of_one(items: Iterator[Any]) -> Iterator[Any]:
    """The items of the next source."""
    for item in takewhile(lambda item: item is not END, items):
        yield item
        if isinstance(item, Broken):
            return


@torch.inference_mode()
def _embed_one(
    embedder: VideoEmbedder,
    source: Source,
    items: Iterator[Any],
    batch_size: int,
) -> Embedded | Broken:
    times, features, broken = [], [], None
    for batch in encode(embedder.model, _of_one(items), batch_size):
        if isinstance(batch, Broken):
            broken = batch  # what was read before it is left out
            continue
        times += [(clip.start, clip.end) for clip in batch.clips]
        rows = embed_visual(embedder.model, batch.visual, batch.samples)
        features.append(rows.numpy())
    if broken:
        return broken
    return Embedded(source, np.array(times), np.concatenate(features))
