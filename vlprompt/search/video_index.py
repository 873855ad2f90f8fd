"""An index that is asked for videos."""

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch

from vlprompt.apis import VideoEmbedder
from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import Broken
from vlprompt.errors import UserError

from .encoding import embed_apart
from .flat import MEMORY, Rows, choose_search
from .hits import merged_hits, separate_hits
from .manifest import check_same, make_manifest, read_manifest
from .parts import read_all, refuse_lengths
from .windows import Hit, in_order

NEIGHBOURS = {'merge': merged_hits, 'separate': separate_hits}


def open_index(
    path: str | Path,
    embedder: VideoEmbedder | str | Path | None = None,
    *,
    device: str | None = None,
    template: str | None = None,
    memory: int = MEMORY,
) -> 'VideoIndex':
    """Open what :func:`build_index` has made.

    Args:
        path: The folder of the index.
        embedder: The model that made it, or its name; the one that the index
            names, if not given.  It is made when it is needed first.
        device: Where it computes.
        template: What is put around texts, in place of the model's.
        memory: Bytes that embeddings may take; more stay on the disk.

    Raises:
        UserError: If there is no index, nothing in it, or a part is damaged.
    """
    return VideoIndex(path, embedder, device, template, memory)


class VideoIndex:
    """The windows of all videos below a folder, in order.

    See :func:`open_index` for the arguments.

    Attributes:
        path: Its folder.
        manifest: What it is of.
        root: The folder of the videos.
        windows: Their videos and times, N of them.
        engine: What searches; its ``name`` says how.
    """

    def __init__(
        self,
        path: str | Path,
        embedder: VideoEmbedder | str | Path | None = None,
        device: str | None = None,
        template: str | None = None,
        memory: int = MEMORY,
    ) -> None:
        self.path = Path(path)
        self.manifest = read_manifest(path)
        self.root = Path(self.manifest['root'])
        self._given, self._device = embedder, device
        self._template = template
        parts = read_all(self.path)
        numbers = [*parts]
        blocks = [block for own, _ in parts.values() for block in own]
        if not blocks:
            raise UserError(
                f'the index {path} is empty: `vlprompt index` fills it'
            )
        self.windows, order = in_order(blocks)
        self._rows = Rows(
            [array for _, array in parts.values()],
            order,
            lambda part: refuse_lengths(self.path, numbers[part]),
        )
        self.engine = choose_search(self._rows, memory)

    def __len__(self) -> int:
        """The number of windows."""
        return len(self._rows)

    @property
    def paths(self) -> tuple[str, ...]:
        """The videos, relative to the root, sorted."""
        return self.windows.paths

    def features(self) -> np.ndarray:
        """All windows as (N, E) float16, by their videos and times."""
        return self._rows.take(np.arange(len(self)))

    @cached_property
    def embedder(self) -> VideoEmbedder:
        """The model of the index.

        Raises:
            UserError: If it is another one, or cannot be made.
        """
        embedder = self._given
        if not isinstance(embedder, VideoEmbedder):
            embedder = self._make(embedder)
        window, stride = self.manifest['window'], self.manifest['stride']
        given = make_manifest(embedder, window, stride, self.root)
        check_same(self.path, self.manifest, given)
        return embedder

    def search(
        self,
        text: str | None = None,
        *,
        video: Any = None,
        vector: Sequence[float] | None = None,
        k: int = 10,
        neighbours: str = 'merge',
    ) -> list[Hit]:
        """The times that fit best.

        Args:
            text: What they show.
            video: In its place a video like them, see :func:`find_sources`.
            vector: In its place an embedding, (E,).
            k: How many, at most.
            neighbours: ``'merge'`` for windows that follow each other as one
                hit, see :func:`merged_hits`; ``'separate'`` for each window
                by itself.

        Raises:
            UserError: If not one thing is asked for, the text is too long,
                the video cannot be read, the vector does not fit, the model
                is another one, or k is less than 1.
        """
        if k < 1:
            raise UserError(f'k is {k}, expected at least 1')
        if neighbours not in NEIGHBOURS:
            raise UserError(
                f'neighbours={neighbours!r}, expected '
                + ' or '.join(map(repr, NEIGHBOURS))
            )
        if sum(given is not None for given in (text, video, vector)) != 1:
            raise UserError('expected one of a text, a video or a vector')
        if text is not None:
            vector = self.embed_text(text)
        elif video is not None:
            vector = self.embed_example(video)
        scores = self.engine.scan(self._unit(vector))
        return NEIGHBOURS[neighbours](self.windows, scores, k)

    def embed_text(self, text: str) -> np.ndarray:
        """A text to (E,).

        Raises:
            UserError: If it is empty, or too long.
        """
        if not text.strip():
            raise UserError('the text to search for is empty')
        return self.embedder.embed_texts([text])[0].numpy()

    def embed_example(self, video: Any) -> np.ndarray:
        """A video to (E,): the mean over its windows.

        Raises:
            UserError: If it cannot be read, or there are several.
        """
        sources = find_sources(video)
        if len(sources) > 1:
            raise UserError(f'one video expected, got {len(sources)}')
        (found,) = embed_apart(
            self.embedder,
            sources,
            window=self.manifest['window'],
            stride=self.manifest['stride'],
        )
        if isinstance(found, Broken):
            raise UserError(found.line()) from found.error
        return found.features.mean(axis=0)

    def _make(self, name: str | Path | None) -> VideoEmbedder:
        settings = dict(self.manifest['settings'])
        if self._template is not None:
            settings['template'] = self._template
        if settings['views'] is not None:
            settings['views'] = tuple(settings['views'])
        if name is not None:
            settings.update(model=name, checkpoint=None)
        elif settings['model'] is None:
            raise UserError(
                f'the index {self.path} does not say where its model is: '
                'give it'
            )
        return VideoEmbedder(**settings, device=self._device)

    def _unit(self, vector: Sequence[float]) -> np.ndarray:
        query = np.asarray(
            vector.cpu() if isinstance(vector, torch.Tensor) else vector,
            dtype=np.float32,
        )
        if query.shape != (self._rows.width,):
            raise UserError(
                f'a vector of shape {query.shape}, expected '
                f'({self._rows.width},)'
            )
        length = np.linalg.norm(query)
        if not 0 < length < np.inf:
            raise UserError('the vector is all zeros, or has NaN or inf in it')
        return query / length
