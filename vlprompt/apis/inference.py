"""Models from configs, from Python."""

import copy
from contextlib import AbstractContextManager
from pathlib import Path

from mmengine.config import Config
from mmengine.dataset import Compose, pseudo_collate
from mmengine.device import get_device
from mmengine.registry import DefaultScope
from mmengine.runner import load_checkpoint
from torch import nn

from vlprompt.apis.checkpoints import set_checkpoint
from vlprompt.datasets.lists.spelling import find_file
from vlprompt.datasets.random_streams import seeded
from vlprompt.datasets.readers.decode_errors import unreadable
from vlprompt.errors import UserError, last_line
from vlprompt.hardware import check_device
from vlprompt.hub.weights import is_of_a_folder, read_weights
from vlprompt.registry import MODELS
from vlprompt.user_messages import error_line

from .checkpoints import read_checkpoint
from .config import load_config
from .inputs import check_inputs
from .preprocessing import warn_of_other_preprocessing

SHOWN = 200  # characters of another package's error


def init_recognizer(
    config: Config | str | Path,
    checkpoint: str | None = None,
    device: str | None = None,
) -> nn.Module:
    """Build the model of a config and load what it has learned.

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
    check_inputs(config)
    check_device(device)
    warn_of_other_preprocessing(config)
    model = _build(config)
    if config.get('load_from') is not None:
        load_learned(model, config.load_from)
    return model.to(device or get_device()).eval()


load_model = init_recognizer  # its name in earlier versions


def read_video(pipeline: Compose, video: str | Path) -> dict:
    """A file to a batch of one, as ``test_step`` takes it.

    Args:
        pipeline: MMAction2's or our transforms, up to packing.
        video: A file.

    Raises:
        UserError: If it is missing or cannot be read.
    """
    file = find_file(video)
    if file is None:
        raise UserError(f'no video at {video}')
    info = dict(filename=file, start_index=0, modality='RGB')
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


def load_learned(model: nn.Module, path: str) -> None:
    """Load what a model has learned, all of it and nothing else.

    Raises:
        UserError: If the file cannot be read or is not of this model.
    """
    try:
        if is_of_a_folder(path):
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
