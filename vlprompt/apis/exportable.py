"""What every export begins with: a place, and a model in fp32."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mmengine.config import Config

from vlprompt.errors import UserError
from vlprompt.whole_files import check_writable

from .config import has_our_recognizer
from .find_model import FoundModel, find_model
from .video_classifier import VideoClassifier


def check_place(flag: str, path: str | Path, suffixes: Sequence[str]) -> Path:
    """Raise a UserError if a file cannot be written there.

    Args:
        flag: That the path was given with.
        path: Of the file.
        suffixes: Of which its name has one.
    """
    path = Path(path)
    if path.suffix not in suffixes:
        raise UserError(
            f'--{flag} {path}: expected a name that ends with '
            f'{" or ".join(suffixes)}'
        )
    if path.is_dir():
        raise UserError(f'--{flag} {path} is a folder, expected a file')
    if not path.parent.is_dir():
        raise UserError(f'--{flag} {path}: there is no folder {path.parent}')
    check_writable(path.parent)
    return path


def find_exportable(model: Config | str | Path | None) -> FoundModel:
    """A model by its name, with a config that may be changed.

    Args:
        model: See :func:`find_model`.

    Raises:
        UserError: If there is no such model, or it is not one of ours.
    """
    found = find_model(model)
    if not has_our_recognizer(found.config):
        kind = (found.config.get('model') or {}).get('type')
        raise UserError(f'{kind} cannot be exported, VideoTextRecognizer can')
    config = copy.deepcopy(found.config)
    # A training leaves its precision; a compiled layer cannot be traced.
    config.model.pop('frozen_dtype', None)
    config.model.backbone.pop('compile', None)
    return found._replace(config=config)


def load_exportable(
    found: FoundModel,
    checkpoint: str | None,
    classes: str | Path | Sequence[str] | None,
    options: dict[str, Any],
) -> tuple[VideoClassifier, str | None]:
    """The model in fp32, and the place of what it has learned.

    Args:
        found: Of :func:`find_exportable`.
        checkpoint: What it has learned; what it comes with if not given.
        classes: See :func:`find_classes`; none if not given.
        options: Of :class:`VideoClassifier`.
    """
    config, own, source = found
    learned = checkpoint or own
    owner = VideoClassifier(config, learned, 'cpu', classes=classes, **options)
    owner.source = source
    learned = learned or config.get('load_from')
    return owner, None if learned == 'none' else learned


def has_captions(config: Config) -> bool:
    """Whether a model compares videos with captions, not with classes."""
    kind = str((config.model.get('texts') or {}).get('type'))
    return kind.rpartition('.')[2] == 'CaptionTexts'
