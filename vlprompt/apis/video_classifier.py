"""What a model says of videos."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config

from vlprompt.clips.encoding import Encoded, encode
from vlprompt.clips.find_sources import find_sources
from vlprompt.clips.in_order import OnError
from vlprompt.clips.live import watch
from vlprompt.clips.windows import Span
from vlprompt.datasets.lists.class_names import class_names_of
from vlprompt.errors import UserError
from vlprompt.finite import refuse_non_finite
from vlprompt.name_rules import check_names

from .classes import find_classes
from .predictions import Prediction, Timeline
from .video_embedder import VideoEmbedder


class VideoClassifier(VideoEmbedder):
    """Tells which of some class names fit a video; and embeds videos.

    Args:
        model: See :class:`VideoEmbedder`.
        checkpoint: See there.
        device: See there.
        classes: See :func:`find_classes`; those of the config's test data if
            neither they nor others are given with a call.
        options: The other arguments of :class:`VideoEmbedder`.

    Raises:
        UserError: As :class:`VideoEmbedder`, and if the classes do not fit.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> classes = ['red star', 'blue heart']
        >>> classifier = VideoClassifier('clip_toy', classes=classes)
        >>> video = 'data/toy/videos/val_red_star_blinking_000.mp4'
        >>> [prediction] = classifier.predict(video)
        >>> prediction.names
        ('red star', 'blue heart')
        >>> classifier.embed_videos([video]).shape
        torch.Size([1, 128])
    """

    def __init__(
        self,
        model: Config | str | Path | None = None,
        checkpoint: str | None = None,
        device: str | None = None,
        *,
        classes: str | Path | Sequence[str] | None = None,
        **options: Any,
    ) -> None:
        super().__init__(model, checkpoint, device, **options)
        self._classes = None if classes is None else find_classes(classes)
        if classes is not None:
            self.set_classes(self._classes)

    def __call__(
        self, video: Any, classes: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Class names and their scores, the best first.

        Args:
            video: A file, or anything else that is one video.
            classes: Any class names; those the classifier was made with, or
                those of the config's test data, if not given.  A linear head
                takes only those it has learned.

        Returns:
            Scores as the head gives them: probabilities with
            ``average_clips='prob'``, otherwise scaled similarities.

        Raises:
            UserError: If the video cannot be read, or the names do not fit.
        """
        self.set_classes(self._classes if classes is None else classes)
        (prediction,) = self.predict(video)
        return list(zip(prediction.names, prediction.scores, strict=True))

    def predict(
        self,
        inputs: Any,
        batch_size: int = 8,
        num_workers: int = 0,
        on_error: OnError = 'stop',
        window: float | None = None,
        stride: float | None = None,
    ) -> Iterator[Prediction]:
        """What each video is, or each window of it, in their order.

        Args:
            inputs: See :func:`find_sources`.
            batch_size: See :meth:`embed`.
            num_workers: See :meth:`embed`.
            on_error: See :meth:`embed`.
            window: See :meth:`embed`.
            stride: See :meth:`embed`.

        Raises:
            UserError: If a video cannot be read, or the class names do not
                fit.
        """
        self._need_classes()
        read = self.reading(batch_size, window, stride)
        for batch in self._encode(
            inputs, read, batch_size, num_workers, on_error
        ):
            yield from self._score(batch)

    def timeline(
        self,
        video: Any,
        window: float,
        stride: float | None = None,
        batch_size: int = 8,
        follow: Callable[[int], Any] = lambda number: None,
    ) -> Timeline:
        """What happens in one video, window by window, with pictures.

        Args:
            video: Anything that is one video.
            window: See :meth:`embed`.
            stride: See :meth:`embed`.
            batch_size: See :meth:`embed`.
            follow: Told how many windows there are so far.

        Raises:
            UserError: As :meth:`predict`.
        """
        self._need_classes()
        sources = find_sources(video)
        if len(sources) > 1:
            raise UserError(f'one video expected, got {len(sources)}')
        read = partial(
            self.reading(batch_size, window, stride), with_pictures=True
        )
        windows, pictures = [], []
        for batch in self._encode(sources, read, batch_size, 1, 'stop'):
            windows += self._score(batch)
            pictures += [
                ((clip.start + clip.end) / 2, clip.picture)
                for clip in batch.clips
                if clip.picture
            ]
            follow(len(windows))
        return Timeline(sources[0].name, tuple(windows), tuple(pictures))

    def watch(
        self, address: str | int, window: float = 2.0, stride: float = 1.0
    ) -> Iterator[Prediction]:
        """What a camera or a stream shows, window by window, while it runs.

        Args:
            address: The number of a camera, an address (``rtsp://...``), or
                a file, which is read like a stream.
            window: Seconds that are looked at.
            stride: Seconds from one result to the next, at least.

        Raises:
            UserError: If it cannot be opened, or breaks off.
        """
        self._need_classes()
        span = Span.checked(window, stride)
        clips = watch(str(address), self._single, span)
        for batch in encode(self.model, clips, batch_size=1):
            yield from self._score(batch)

    def set_classes(self, classes: Sequence[str] | None) -> None:
        """Take class names, those of the test data for None.

        Raises:
            UserError: If there are none, or CLIP cannot tell two apart.
        """
        if classes is None:
            classes = _class_names(self.config)
        names = check_names(classes)
        if names != self.model.class_names:
            self.model.set_classes(names)

    def _need_classes(self) -> None:
        if self.model.class_names is None:
            self.set_classes(None)

    def _score(self, batch: Encoded) -> Iterator[Prediction]:
        with torch.inference_mode():
            with self.model.autocast(batch.visual.frames.device):
                features = self.model.finish_feat(
                    batch.visual, 'head', batch.samples
                )
            samples = self.model.cls_head.predict(features, batch.samples)
        names = [str(clip.name) for clip in batch.clips]
        refuse_non_finite([sample.pred_score for sample in samples], names)
        for clip, sample in zip(batch.clips, samples, strict=True):
            scores = sample.pred_score
            if scores.dim() == 2:  # average_clips=None leaves the views
                scores = scores.mean(dim=0)
            ranked = scores.sort(descending=True, stable=True)
            names = [
                self.model.class_names[i] for i in ranked.indices.tolist()
            ]
            yield Prediction(
                clip.name,
                clip.start,
                clip.end,
                tuple(names),
                tuple(ranked.values.tolist()),
            )


def _class_names(config: Config) -> tuple[str, ...]:
    names = class_names_of(config.test_dataloader.dataset)
    if not names:
        raise UserError(
            'no class names given, and the test data of the config have none'
        )
    return names
