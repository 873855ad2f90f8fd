"""Models from configs, and what they say of videos, from Python."""

import copy
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import torch
from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.device import get_device
from mmengine.registry import DefaultScope
from mmengine.runner import load_checkpoint
from torch import Tensor, nn

from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.datasets.lists.class_names import class_names_of
from vlprompt.datasets.random_streams import seeded
from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.errors import UserError, last_line
from vlprompt.hub.weights import SUFFIXES, read_weights
from vlprompt.models.layers.temporal import unit_video
from vlprompt.registry import MODELS
from vlprompt.user_messages import error_line

from .checkpoints import read_checkpoint
from .config import load_config

SHOWN = 200  # characters of another package's error


def init_recognizer(
    config: Config | str | Path,
    checkpoint: str | None = None,
    device: str | None = None,
) -> nn.Module:
    """Build the model of a config and load what it has learnt.

    Args:
        config: A config of ours, or of MMAction2 (``mmaction::...``), or the
            path of one.
        checkpoint: A file or URL, ``'none'`` for the model as it is made, or
            None, which means the config's ``load_from``.
        device: Such as ``'cuda:1'``; the GPU if there is one by default.

    Returns:
        The model in evaluation mode.  One of ours has no class names yet
        unless its config gives some.

    Raises:
        UserError: If the config does not fit, the checkpoint is left out
            although the model learns something, or it cannot be read or is
            not of this model, be it by one key.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> model = init_recognizer('vlprompt::clip/clip_toy.py')
        >>> model.set_classes(['red star', 'blue heart'])
        >>> model.encode_texts().shape
        torch.Size([2, 128])
    """
    config = _read_config(config)
    if config.get('model') is None:
        raise UserError(f'the config {config.filename} has no model')
    set_checkpoint(config, checkpoint)
    model = _build(config)
    if config.get('load_from') is not None:
        _load(model, config.load_from)
    return model.to(device or get_device()).eval()


load_model = init_recognizer  # its name in earlier versions


class VideoClassifier:
    """Tells which of some class names fit a video, and embeds videos.

    Videos pass through the test pipeline of the config, with all its views.

    Args:
        config: A config of ours, or the path of one.
        checkpoint: See :func:`init_recognizer`.
        device: See :func:`init_recognizer`.

    Raises:
        UserError: As :func:`init_recognizer`, and for models of others.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> classifier = VideoClassifier('vlprompt::clip/clip_toy.py')
        >>> video = 'data/toy/videos/val_red_star_blinking_000.mp4'
        >>> scores = classifier(video, classes=['red star', 'blue heart'])
        >>> scores[0][0]
        'red star'
        >>> classifier.embed_videos([video]).shape
        torch.Size([1, 128])
    """

    def __init__(
        self,
        config: Config | str | Path,
        checkpoint: str | None = None,
        device: str | None = None,
    ) -> None:
        self.config = config = _read_config(config)
        self.model = init_recognizer(config, checkpoint, device)
        if not hasattr(self.model, 'set_classes'):
            raise UserError(
                f'{type(self.model).__name__} takes no class names: use '
                'inference_recognizer of mmaction.apis'
            )
        with scope_of(config):
            self.pipeline = Compose(_test_dataset(config).pipeline)

    def __call__(
        self, video: str | Path, classes: Sequence[str] | None = None
    ) -> list[tuple[str, float]]:
        """Class names and their scores, the best first.

        Args:
            video: A file.
            classes: Any class names; those of the config's test data if not
                given.  A linear head takes only those it has learnt.

        Returns:
            Scores as the head gives them: probabilities with
            ``average_clips='prob'``, otherwise scaled similarities.

        Raises:
            UserError: If the video cannot be read, or the names do not fit.
        """
        self.set_classes(classes)
        with torch.inference_mode():
            (sample,) = self.model.test_step(read_video(self.pipeline, video))
        scores = sample.pred_score
        if scores.dim() == 2:  # average_clips=None leaves the views
            scores = scores.mean(dim=0)
        names = self.model.class_names
        ranked = zip(names, scores.tolist(), strict=True)
        return sorted(ranked, key=lambda pair: -pair[1])

    def embed_videos(self, videos: Iterable[str | Path]) -> Tensor:
        """N files to (N, E) unit features, the mean over views and frames."""
        return torch.stack([self._embed(video) for video in videos])

    def set_classes(self, classes: Sequence[str] | None) -> None:
        """Take class names, those of the test data for None."""
        if classes is None:
            classes = _class_names(_test_dataset(self.config))
        elif isinstance(classes, str):
            raise UserError(f'a list of class names expected, got {classes!r}')
        if tuple(classes) != self.model.class_names:
            self.model.set_classes(classes)

    @torch.inference_mode()
    def _embed(self, path: str | Path) -> Tensor:
        batch = self.model.data_preprocessor(read_video(self.pipeline, path))
        samples = batch['data_samples']
        video, _ = self.model.extract_feat(
            batch['inputs'], stage='neck', data_samples=samples
        )
        return unit_video(video, samples)[0].cpu()


def read_video(pipeline: Compose, video: str | Path) -> dict:
    """A file to a batch of one, as ``test_step`` takes it.

    Args:
        pipeline: MMAction2's or our transforms, up to packing.
        video: A file.

    Raises:
        UserError: If it is missing or cannot be read.
    """
    if not Path(video).is_file():
        raise UserError(f'no video at {video}')
    info = dict(filename=str(video), start_index=0, modality='RGB')
    try:
        with seeded(0):
            return pseudo_collate([pipeline(info)])
    except unreadable() as error:
        raise UserError(
            f'cannot read {video} ({last_line(error)[:SHOWN]})'
        ) from error


def scope_of(config: Config) -> AbstractContextManager[None]:
    """Where names in a config are looked up, for a ``with`` statement."""
    name = config.get('default_scope') or 'vlprompt'
    return DefaultScope.overwrite_default_scope(name)


def _read_config(config: Config | str | Path) -> Config:
    """A config that may be changed."""
    if isinstance(config, Config):
        return copy.deepcopy(config)
    return load_config(str(config))


def _build(config: Config) -> nn.Module:
    try:
        with scope_of(config):
            return MODELS.build(config.model)
    except Exception as error:
        line = error_line(error)
        if line is None:
            raise
        raise UserError(line) from error


def _load(model: nn.Module, path: str) -> None:
    try:
        if Path(path).suffix in SUFFIXES:
            model.load_state_dict(read_weights(path), strict=True)
            return
        path = read_checkpoint(path).path
        load_checkpoint(
            model, path, map_location='cpu', strict=True, logger='silent'
        )
    except RuntimeError as error:
        raise UserError(
            f'{path} is not of this model: {last_line(error)[:SHOWN]}'
        ) from error


def _test_dataset(config: Config) -> Config:
    loader = config.get('test_dataloader')
    if loader is None:
        raise UserError(
            f'the config {config.filename} has no test_dataloader, whose '
            'pipeline reads videos'
        )
    return loader.dataset


def _class_names(dataset: Config) -> tuple[str, ...]:
    names = class_names_of(dataset)
    if not names:
        raise UserError(
            'no class names given, and the test data of the config have none'
        )
    return names
