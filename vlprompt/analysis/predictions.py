"""Predictions that ``vlprompt test --dump`` wrote."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import torch

from vlprompt.datasets.video_class_dataset import BROKEN, BrokenVideo
from vlprompt.errors import UserError
from vlprompt.finite import refuse_non_finite
from vlprompt.safe_pickle import TENSORS, SafeUnpickler

CORES = ('numpy._core', 'numpy.core')  # of NumPy 2 and 1
# What tensors, arrays and the names of broken videos are made with.
HARMLESS = {
    *TENSORS,
    ('numpy', 'dtype'),
    ('numpy', 'ndarray'),
    (BrokenVideo.__module__, 'BrokenVideo'),
    *((f'{core}.multiarray', '_reconstruct') for core in CORES),
    *((f'{core}.multiarray', 'scalar') for core in CORES),
    *((f'{core}.numeric', '_frombuffer') for core in CORES),
}


class Predictions(NamedTuple):
    """What a model says of N videos.

    Attributes:
        labels: (N,) their classes.
        scores: (N, C) of the classes.
        num_broken: How many further videos could not be read.
    """

    labels: np.ndarray
    scores: np.ndarray
    num_broken: int


def read_predictions(path: str | Path) -> Predictions:
    """Read the predictions of a classification.

    The file is a pickle, but nothing that it asks for is run: it may hold
    tensors, arrays and plain containers, and is refused otherwise.

    Raises:
        UserError: If it is missing, damaged, holds more than that, or no
            scores and labels, or scores are not finite.
    """
    rows = read_dump(Path(path))
    if not _is_list_of_dicts(rows):
        raise UserError(f'{path} holds no list of predictions')
    scored = [row for row in rows if not row.get(BROKEN)]
    if not scored:
        raise UserError(f'{path}: not one of the videos could be read')
    for key in ('gt_label', 'pred_score'):
        if any(key not in row for row in scored):
            raise UserError(
                f'{path} holds predictions without {key}: expected those of '
                'a classification'
            )
    labels = [np.asarray(row['gt_label']).reshape(-1) for row in scored]
    if any(len(label) != 1 for label in labels):
        raise UserError(f'{path}: expected one label for each video')
    scores = [_mean_of_views(row['pred_score']) for row in scored]
    if len({len(score) for score in scores}) != 1:
        raise UserError(f'{path}: not all videos have equally many scores')
    names = [
        row.get('filename') or f'number {i}' for i, row in enumerate(scored)
    ]
    refuse_non_finite(scores, names)
    return Predictions(
        np.concatenate(labels), np.stack(scores), len(rows) - len(scored)
    )


def _is_list_of_dicts(rows: Any) -> bool:
    return (
        isinstance(rows, list)
        and len(rows) > 0
        and all(isinstance(row, dict) for row in rows)
    )


def read_dump(path: Path) -> Any:
    """What ``vlprompt test --dump`` wrote, without running any of it.

    Raises:
        UserError: If it is missing, damaged, or asks for more than tensors,
            arrays and plain containers.
    """
    if not path.is_file():
        raise UserError(f'no predictions at {path}')
    try:
        with path.open('rb') as file:
            return SafeUnpickler(file, HARMLESS, _stand_in).load()
    except UserError as error:
        raise UserError(f'{path} {error}') from error
    except Exception as error:  # a damaged file fails in many ways
        raise UserError(
            f'{path} is damaged or not a file of predictions '
            f'({type(error).__name__})'
        ) from error


def _stand_in(module: str, name: str) -> Callable:
    """What is harmless when it is done here; everything else is refused."""
    if (module, name) == ('torch.storage', '_load_from_bytes'):
        return _load_storage
    if (module, name) == ('_codecs', 'encode'):
        return _encode
    raise UserError(
        f'asks for {module}.{name}, which predictions do without: not read'
    )


def _load_storage(content: bytes) -> Any:
    """The values of a tensor, which PyTorch reads as a pickle of its own."""
    return torch.load(
        io.BytesIO(content), map_location='cpu', weights_only=True
    )


def _encode(text: str, encoding: str) -> bytes:
    """Bytes, as the oldest protocols of pickle write them."""
    if encoding != 'latin1':
        raise UserError(f'asks for the encoding {encoding!r}: not read')
    return text.encode(encoding)


def _mean_of_views(scores: Any) -> np.ndarray:
    """(C,) or (V, C) scores to (C,)."""
    if isinstance(scores, torch.Tensor):
        scores = scores.float().numpy()
    scores = np.asarray(scores)
    return scores.mean(axis=0) if scores.ndim == 2 else scores
