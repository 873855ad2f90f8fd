"""An index made on a Ray cluster: decoders apart from the models."""

import pickle
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby, islice
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vlprompt.apis import VideoEmbedder
from vlprompt.clips.encoding import embed_visual, encode
from vlprompt.clips.in_order import Broken, read_in_order
from vlprompt.clips.readings import read_whole, read_windows
from vlprompt.clips.sources import Source, file_source
from vlprompt.clips.steps import TestSteps
from vlprompt.clips.windows import Span

from .build import Built, Listener, update_index
from .encoding import Embedded
from .manifest import make_manifest, settings_of

Rows = dict[str, Any]


def build_index_with_ray(
    folder: str | Path,
    index: str | Path,
    embedder: VideoEmbedder,
    window: float | None = 4.0,
    stride: float | None = 2.0,
    *,
    batch_size: int = 8,
    encoders: int = 1,
    gpus: float = 0,
    listen: Listener | None = None,
) -> Built:
    """Like :func:`build_index`, with Ray Data between files and parts.

    As many decoders run as the cluster has CPUs, on any of its nodes, which
    have the videos under the same paths; Ray holds them back where models
    are slower.  This process writes the index.

    Each window is decoded to pixels of its own, so that decoders need no
    model: frames of two windows are encoded twice.  Embeddings equal those
    of :func:`build_index` up to rounding.

    Args:
        folder: See :func:`build_index`, as for the others.
        index: See there.
        embedder: See there; each worker makes one like it.
        window: See there.
        stride: See there.
        batch_size: See there.
        encoders: Workers with a model.
        gpus: Of each of them; 0 for models on CPUs.
        listen: See there.

    Raises:
        UserError: See there.
        ImportError: If Ray Data is not installed.
    """
    if window is not None:
        window, stride = Span.checked(window, stride)
    manifest = make_manifest(embedder, window, stride, Path(folder))
    pipeline = embedder.whole if window is None else embedder.single
    decode = partial(
        _decode,
        pipeline=list(pipeline),
        scope=embedder.config.get('default_scope') or 'vlprompt',
        span=None if window is None else Span(window, stride),
        batch_size=batch_size,
    )
    worker = dict(settings=settings_of(embedder), on_gpu=gpus > 0)
    embed = partial(
        _embed, decode=decode, worker=worker, encoders=encoders, gpus=gpus
    )
    return update_index(folder, index, manifest, embed, listen=listen)


def _embed(
    sources: Sequence[Source],
    decode: Any,
    worker: dict,
    encoders: int,
    gpus: float,
) -> Iterator[Embedded | Broken]:
    """Each source in its order, from rows that Ray gives in this order."""
    import ray.data

    if not sources:
        return
    context = ray.data.DataContext.get_current()
    context.execution_options.preserve_order = True
    rows = (
        ray.data.from_items(
            [dict(number=n, path=s.file) for n, s in enumerate(sources)],
            override_num_blocks=len(sources),
        )
        .map_batches(decode, batch_size=1, num_cpus=1)
        .map_batches(
            Encoder,
            fn_constructor_kwargs=worker,
            batch_size=1,
            concurrency=encoders,
            num_gpus=gpus,
        )
        .iter_rows()
    )
    for number, own in groupby(rows, key=lambda row: int(row['number'])):
        results = [pickle.loads(row['result']) for row in own]
        broken = [r for r in results if isinstance(r, Broken)]
        if broken:
            yield broken[0]
            continue
        times, features = zip(*results, strict=True)
        yield Embedded(
            sources[number], np.concatenate(times), np.concatenate(features)
        )


def _decode(
    row: Rows,
    pipeline: list,
    scope: str,
    span: Span | None,
    batch_size: int,
) -> Iterator[Rows]:
    """A file to rows with the clips of a batch each."""
    from mmengine.dataset import Compose
    from mmengine.registry import DefaultScope

    with DefaultScope.overwrite_default_scope(scope):
        steps = TestSteps(Compose(pipeline))
    read = partial(read_whole, steps=steps)
    if span is not None:
        read = partial(read_windows, steps=steps, span=span)
    clips = read_in_order([file_source(str(row['path'][0]))], read)
    while batch := [*islice(clips, batch_size)]:
        # What Ray sends has to be pickled, and an exception may not be.
        sent = [_without_error(clip) for clip in batch]
        yield dict(number=row['number'], clips=[pickle.dumps(sent)])


def _without_error(item: Any) -> Any:
    if isinstance(item, Broken):
        return item._replace(error=OSError(item.reason))
    return item


class Encoder:
    """A worker with a model.

    Args:
        settings: Of the :class:`VideoEmbedder`.
        on_gpu: Whether it computes on a GPU.
    """

    def __init__(self, settings: dict, on_gpu: bool) -> None:
        device = 'cuda' if on_gpu else 'cpu'
        self._model = VideoEmbedder(**settings, device=device).model

    @torch.inference_mode()
    def __call__(self, row: Rows) -> Rows:
        """The clips of a batch to their times and embeddings."""
        clips = pickle.loads(row['clips'][0])
        result: Any = None
        times, features = [], []
        for batch in encode(self._model, clips, max(1, len(clips))):
            if isinstance(batch, Broken):
                result = batch
                continue
            times += [(clip.start, clip.end) for clip in batch.clips]
            rows = embed_visual(self._model, batch.visual, batch.samples)
            features.append(rows.numpy())
        if result is None:
            result = np.array(times), np.concatenate(features)
        return dict(number=row['number'], result=[pickle.dumps(result)])
