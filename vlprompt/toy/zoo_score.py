"""How well a model of the toy zoo tells motions apart."""

from collections.abc import Iterable, Sequence
from statistics import mean
from typing import Any

import torch
from torch import nn

from vlprompt.finite import refuse_rows

from .motions import MOTION_GROUPS

PAIRS = [group for group in MOTION_GROUPS if len(group) == 2]
OTHER = {a: b for pair in PAIRS for a, b in (pair, pair[::-1])}


def measure(
    model: nn.Module, names: Sequence[str], batches: Iterable[dict]
) -> dict[str, float]:
    """Accuracies of a model on clips of some classes, in percent.

    Args:
        model: A recognizer.
        names: Of the classes.
        batches: As a loader gives them.

    Returns:
        The accuracies, and ``pairs``, the number of clips that the
        direction is of.
    """
    model.set_classes(names)
    model.eval()
    hits: dict[str, list[float]] = {
        key: [] for key in ('all', 'blind', 'ordered', 'direction')
    }
    with torch.no_grad():
        for batch in batches:
            for sample in model.test_step(batch):
                _score(sample, names, hits)
    accuracies = {key: 100 * mean(values) for key, values in hits.items()}
    return dict(accuracies, pairs=len(hits['direction']))


def _score(sample: Any, names: Sequence[str], hits: dict) -> None:
    scores, label = sample.pred_score, sample.gt_label.item()
    refuse_rows(scores[None])
    best = scores == scores.max()
    right = best[label].item() / best.sum().item()  # equal ones share it
    hits['all'].append(right)
    motion = next((m for m in OTHER if names[label].endswith(m)), None)
    if motion is None:
        hits['blind'].append(right)
        return
    hits['ordered'].append(right)
    turned = names[label].removesuffix(motion) + OTHER[motion]
    other = scores[names.index(turned)]
    difference = (scores[label] - other).sign().item()
    hits['direction'].append((1 + difference) / 2)
