"""Many still pictures with their facts, as tensors."""

from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import torch
from torch import Tensor

from .captions import Facts, codes_of, draw_still

MEAN = (0.48145466, 0.4578275, 0.40821073)
STD = (0.26862954, 0.26130258, 0.27577711)


class Stills:
    """Still pictures (N, 3, H, W), normalised when taken, and their facts."""

    def __init__(self, pictures: np.ndarray, facts: list[Facts]) -> None:
        self.pictures = torch.from_numpy(pictures).permute(0, 3, 1, 2)
        self.facts = facts
        self.codes = torch.from_numpy(codes_of(facts))

    def images(self, index: Tensor | slice) -> Tensor:
        """(B, 3, H, W) normalised pictures."""
        mean = torch.tensor(MEAN).view(3, 1, 1) * 255
        std = torch.tensor(STD).view(3, 1, 1) * 255
        return (self.pictures[index].float() - mean) / std


def _draw_part(side: int, size: int, count: int, seed: tuple) -> tuple:
    rng = np.random.default_rng(seed)
    drawn = [draw_still(rng, side, size) for _ in range(count)]
    return np.stack([p for p, _ in drawn]), [f for _, f in drawn]


def draw_stills(
    side: int, size: int, count: int, seed: int, workers: int
) -> Stills:
    """Draw pictures at ``side`` pixels, like clips; resize to ``size``."""
    parts = -(-count // 500)
    seeds = [(seed, part) for part in range(parts)]
    with ProcessPoolExecutor(workers) as pool:
        draw = partial(_draw_part, side, size, min(count, 500))
        drawn = list(pool.map(draw, seeds))
    pictures = np.concatenate([p for p, _ in drawn])
    return Stills(pictures, [fact for _, facts in drawn for fact in facts])
