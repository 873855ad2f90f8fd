"""Checkpoints: whether they can be read, and where a run can go on."""

import logging
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config
from mmengine.logging import print_log
from mmengine.runner import CheckpointLoader

from vlprompt.averaging.recipe import recipe_of
from vlprompt.errors import UserError
from vlprompt.weights import check_finite, read_file, split_place, weights_in
from vlprompt.weights.names import FINGERPRINT

STEP = re.compile(r'(?:epoch|iter)_(\d+)\.pth')


class Checkpoint(NamedTuple):
    """A checkpoint that can be read.

    Attributes:
        path: The file or URL.
        seed: The random seed of the run that wrote it, if it is known.
        classes: The class names that it was trained on, if they are known.
        epoch: How many epochs the run had done; None for weights alone.
        iter: How many iterations.
        recipe: How its weights were averaged, if they were; see
            :class:`vlprompt.averaging.Recipe`.
        meta: All that it says of itself.
    """

    path: str
    seed: int | None
    classes: tuple[str, ...] | None = None
    epoch: int | None = None
    iter: int | None = None
    recipe: dict[str, Any] | None = None
    meta: Mapping[str, Any] = {}


def read_checkpoint(path: str) -> Checkpoint:
    """Check that a file or URL is a checkpoint that can be read.

    Raises:
        UserError: If it is missing, damaged or has no weights.
    """
    content = _content(path)
    meta = content.get('meta') or {}
    classes = (meta.get('dataset_meta') or {}).get('classes')
    return Checkpoint(
        path,
        meta.get('seed'),
        classes and tuple(classes),
        meta.get('epoch'),
        meta.get('iter'),
        recipe_of(meta),
        meta,
    )


def _content(path: str) -> dict[str, Any]:
    """What a file holds besides weights, which are there and not read."""
    if '://' in path:
        return CheckpointLoader.load_checkpoint(
            path, map_location='cpu', logger='silent'
        )
    file, place = split_place(path)
    found = read_file(file, mmap=True)
    loaded = weights_in(found, file, place, [FINGERPRINT])
    check_finite(loaded.tensors, path)
    return found.content if loaded.place else {}


def set_checkpoint(config: Config, checkpoint: str | None) -> None:
    """Evaluate what a checkpoint holds.

    Args:
        config: The config; changed in place.
        checkpoint: A file or URL, ``'none'``, or None if it was left out.

    Raises:
        UserError: If it is left out although the model learns something.
    """
    learns = config.model.get('trainable')
    if checkpoint is None and config.get('load_from') is None and learns:
        raise UserError(
            f'this model learns {", ".join(learns)}: give the checkpoint '
            'to evaluate, or `none` for a model that has learned nothing'
        )
    if checkpoint is not None:
        config.load_from = None if checkpoint == 'none' else checkpoint
    # A training that was resumed leaves it in its config.
    config.resume = False


def find_resumable(work_dir: str) -> Checkpoint | None:
    """The latest checkpoint of a run, passing over those it left damaged.

    MMEngine writes checkpoints in place: a run that is killed while it
    writes one leaves it incomplete, and the one before it as the last that
    is good.

    Raises:
        UserError: If there are checkpoints and none is good.
    """
    paths = list(map(str, checkpoints_of(work_dir)))
    for path in paths:
        try:
            return read_checkpoint(path)
        except UserError as error:
            print_log(
                f'{error}: trying the one before',
                logger='current',
                level=logging.WARNING,
            )
    if paths:
        raise UserError(
            f'no checkpoint in {work_dir} can be read: remove them to start '
            'again'
        )
    return None


def checkpoints_of(work_dir: str | Path) -> list[Path]:
    """The checkpoints of a run: the noted one, then from the last one on."""
    work_dir = Path(work_dir)
    noted = _noted(work_dir)
    folders = {work_dir, noted.parent} if noted else {work_dir}
    found = {
        path
        for folder in folders
        for path in folder.glob('*.pth')
        if STEP.fullmatch(path.name)
    }
    by_age = sorted(found - {noted}, key=_age, reverse=True)
    return [*([noted] if noted else []), *by_age]


def _noted(work_dir: Path) -> Path | None:
    """What MMEngine notes as the last one, if that is there.

    The folder may have been moved since, and the note may be anything.
    """
    note = work_dir / 'last_checkpoint'
    if not note.is_file():
        return None
    text = note.read_text(errors='replace').strip()
    for path in (work_dir / Path(text).name, Path(text)):
        with suppress(OSError, ValueError):  # of what is no path at all
            if path.name and path.is_file():
                return path
    print_log(
        f'{note} does not name a checkpoint that is there: it is passed over',
        logger='current',
        level=logging.WARNING,
    )
    return None


def _age(path: Path) -> tuple[float, int]:
    return path.stat().st_mtime, int(STEP.fullmatch(path.name)[1])
