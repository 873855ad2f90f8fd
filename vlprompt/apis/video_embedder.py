"""Where a model puts videos and texts."""

import copy
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from torch import Tensor

from vlprompt.clips.encoding import (
    Encoded,
    check_embeds,
    embed_visual,
    encode,
    mixes_frames,
)
from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import Broken, OnError, handle, read_in_order
from vlprompt.clips.readings import read_frames, read_whole, read_windows
from vlprompt.clips.steps import TestSteps
from vlprompt.clips.windows import Span
from vlprompt.datasets.pipelines import single_view_pipeline
from vlprompt.errors import UserError
from vlprompt.models.features import unit
from vlprompt.models.layers.temporal import unit_video

from .find_model import find_model
from .inference import init_recognizer, scope_of
from .inference_config import change_model, change_tests
from .predictions import Embedding

FRAMES_AT_ONCE = 8  # for each clip of a batch
TEXTS_AT_ONCE = 256


class VideoEmbedder:
    """Embeds videos, windows of long ones, frames and texts.

    Videos pass through the test pipeline of the config, with all its views;
    windows of long videos with one.  Embeddings are on the CPU, in fp32 and
    of unit length: products of two are cosines.

    Args:
        model: See :func:`find_model`; vanilla CLIP if not given.
        checkpoint: See :func:`init_recognizer`; the model's own by default.
        device: Such as ``'cuda:1'``; the GPU if there is one by default.
        clip: A file of CLIP's weights, in place of the config's.
        template: What is put around a text, in place of the config's.
        frames: Frames of a view, in place of the config's.
        views: Temporal views and crops such as ``(4, 3)``, windows' as well.
        frozen_dtype: ``'bfloat16'`` or ``'float16'`` to compute in it.

    Attributes:
        settings: The arguments.
        source: What the model is, in a few words.
        config: Its config, changed as the arguments say.
        model: The recognizer, in evaluation mode.
        whole: The pipeline of whole videos.
        single: That of windows.

    Raises:
        UserError: As :func:`find_model` and :func:`init_recognizer`, and for
            models that are none of ours.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> embedder = VideoEmbedder('clip_toy', template='{}')
        >>> video = 'data/toy/videos/val_red_star_blinking_000.mp4'
        >>> videos = embedder.embed_videos([video])
        >>> texts = embedder.embed_texts(['a red star', 'a blue heart'])
        >>> (videos @ texts.T).argmax().item()
        0
    """

    def __init__(
        self,
        model: Config | str | Path | None = None,
        checkpoint: str | None = None,
        device: str | None = None,
        *,
        clip: str | None = None,
        template: str | None = None,
        frames: int | None = None,
        views: tuple[int, int] | None = None,
        frozen_dtype: str | None = None,
    ) -> None:
        self.settings = dict(
            model=model,
            checkpoint=checkpoint,
            clip=clip,
            template=template,
            frames=frames,
            views=views,
            frozen_dtype=frozen_dtype,
        )
        config, found, self.source = find_model(model)
        self.config = config = copy.deepcopy(config)
        change_model(config, clip, template, frozen_dtype)
        self.whole, self.single = change_tests(config, frames, views)
        self.model = init_recognizer(config, checkpoint or found, device)
        if not hasattr(self.model, 'set_classes'):
            raise UserError(
                f'{type(self.model).__name__} takes no class names: use '
                'inference_recognizer of mmaction.apis'
            )
        with scope_of(config):
            self._whole = TestSteps(Compose(self.whole))
            self._single = TestSteps(Compose(self.single))

    @property
    def mixes_frames(self) -> bool:
        """Whether a frame of several windows is encoded in each of them."""
        return mixes_frames(self.model)

    def embed_videos(
        self,
        inputs: Any,
        batch_size: int = 8,
        num_workers: int = 0,
        on_error: OnError = 'stop',
    ) -> Tensor:
        """N videos to (N, E) unit features, the mean over views and frames.

        The arguments are those of :meth:`embed`.
        """
        rows = list(self.embed(inputs, batch_size, num_workers, on_error))
        if not rows:
            raise UserError('none of the videos can be read')
        return torch.stack([row.features for row in rows])

    def embed(
        self,
        inputs: Any,
        batch_size: int = 8,
        num_workers: int = 0,
        on_error: OnError = 'stop',
        window: float | None = None,
        stride: float | None = None,
    ) -> Iterator[Embedding]:
        """Each video, or each window of it, in their order.

        A video is decoded once; no more than a batch of it is in memory.

        Args:
            inputs: See :func:`find_sources`.
            batch_size: Videos, or windows, that are computed together.
            num_workers: Videos that are read at the same time, in threads.
            on_error: See :func:`handle`.
            window: Seconds of a window; None for whole videos.
            stride: From a window to the next; a window if not given.

        Raises:
            UserError: If a video cannot be read, or see :func:`check_embeds`.
        """
        check_embeds(self.model)
        read = self.reading(batch_size, window, stride)
        for batch in self._encode(
            inputs, read, batch_size, num_workers, on_error
        ):
            features = embed_visual(self.model, batch.visual, batch.samples)
            for clip, row in zip(batch.clips, features, strict=True):
                yield Embedding(clip.name, clip.start, clip.end, row)

    def embed_frames(
        self,
        inputs: Any,
        stride: float = 1.0,
        batch_size: int = 8,
        num_workers: int = 0,
        on_error: OnError = 'stop',
    ) -> Iterator[Embedding]:
        """Single frames of each video, one for every ``stride`` seconds.

        Args:
            inputs: See :func:`find_sources`.
            stride: Seconds from a frame to the next.
            batch_size: See :meth:`embed`, as for what follows.

        Raises:
            UserError: If a video cannot be read, or the model's frames have
                no embeddings of their own.
        """
        check_embeds(self.model)
        if self.mixes_frames:
            raise UserError(
                f'{self.source} looks at several frames at once: its frames '
                'have no embeddings of their own (windows have)'
            )
        with scope_of(self.config):
            one = Compose(single_view_pipeline(self.config, frames=1))
        span = Span.checked(stride, stride)
        read = partial(
            read_frames, steps=TestSteps(one), span=span, chunk=batch_size
        )
        for batch in self._encode(
            inputs, read, batch_size, num_workers, on_error
        ):
            # (B * crops, 1, E) -> (B, E)
            rows = unit_video(batch.visual.frames[:, 0], batch.samples)
            for clip, row in zip(batch.clips, rows.float().cpu(), strict=True):
                yield Embedding(clip.name, clip.start, clip.end, row)

    @torch.inference_mode()
    def embed_texts(self, texts: Sequence[str]) -> Tensor:
        """N texts, inside the template, to (N, E) unit features.

        Raises:
            UserError: If the model embeds no texts, or a text is too long.
        """
        check_embeds(self.model)
        if isinstance(texts, str) or not len(texts):
            raise UserError(f'a list of texts expected, got {texts!r}')
        parts = [
            unit(self.model.encode_texts(texts[i : i + TEXTS_AT_ONCE]))
            for i in range(0, len(texts), TEXTS_AT_ONCE)
        ]
        return torch.cat(parts).float().cpu()

    def reading(
        self, batch_size: int, window: float | None, stride: float | None
    ) -> Callable:
        """What gives the clips of a source, for :func:`encode`."""
        if window is None:
            if stride is not None:
                raise UserError(f'a stride of {stride:g} s without a window')
            return partial(read_whole, steps=self._whole)
        span = Span.checked(window, stride)
        if self.mixes_frames:
            return partial(read_windows, steps=self._single, span=span)
        chunk = FRAMES_AT_ONCE * batch_size
        return partial(read_frames, steps=self._single, span=span, chunk=chunk)

    @torch.inference_mode()
    def _encode(
        self,
        inputs: Any,
        read: Callable,
        batch_size: int,
        num_workers: int,
        on_error: OnError,
    ) -> Iterator[Encoded]:
        items = read_in_order(find_sources(inputs), read, num_workers)
        for batch in encode(self.model, items, batch_size):
            if isinstance(batch, Broken):
                handle(batch, on_error)
            else:
                yield batch
