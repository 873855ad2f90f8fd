"""Predictions of tests that wrote a pickle and no record."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vlprompt.errors import UserError
from vlprompt.records.predictions import ClassPredictions, keep_classes


def read_dumped(folder: Path) -> tuple[ClassPredictions | None, str]:
    """What ``vlprompt test --dump`` has written into a folder.

    Returns:
        The predictions; or None, and why there are none.
    """
    files = sorted([*folder.glob('*.pkl'), *folder.glob('*.pickle')])
    if not files:
        return None, 'no predictions were recorded'
    from vlprompt.analysis.predictions import read_dump
    from vlprompt.datasets.seeded_video_dataset import BROKEN

    try:
        rows = read_dump(files[0])
    except UserError as error:
        return None, str(error)
    keys = {'gt_label', 'pred_score', 'filename'}
    if not isinstance(rows, list) or not all(
        isinstance(row, dict) and keys <= row.keys() for row in rows
    ):
        return None, f'{files[0].name} holds no labels, scores and file names'
    scored = [row for row in rows if not row.get(BROKEN)]
    kept = keep_classes(
        [
            dict(
                pred=np.asarray(row['pred_score'], dtype=float),
                label=_single(np.asarray(row['gt_label']).reshape(-1)),
            )
            for row in scored
        ],
        [row['filename'] for row in scored],
        _classes(folder),
        [str(row[BROKEN][0]) for row in rows if row.get(BROKEN)],
    )
    return kept, '' if kept else 'the videos have several labels'


def _single(labels: np.ndarray) -> int | np.ndarray:
    return int(labels[0]) if len(labels) == 1 else labels


def _classes(folder: Path) -> tuple[str, ...]:
    """The class names in the config of a test; none if there is none."""
    from vlprompt.apis import load_config
    from vlprompt.datasets import class_names_of

    for path in sorted(folder.glob('*.py')):
        try:
            config = load_config(str(path))
            return class_names_of(config.test_dataloader.dataset)
        except (AttributeError, UserError):  # no test, or lists that are gone
            continue
    return ()
