"""How the small CLIP is pre-trained."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """How long and how fast the two stages learn."""

    seed: int = 0
    num_stills: int = 40000
    image_steps: int = 2500
    image_batch: int = 64
    image_lr: float = 1.5e-3
    text_steps: int = 600
    text_batch: int = 128
    text_lr: float = 1e-3
