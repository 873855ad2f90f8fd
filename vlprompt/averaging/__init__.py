"""Means of weights: of checkpoints, of epochs, and with pretrained CLIP."""

from .files import save_averaged
from .mean import WeightedMean, mix
from .recipe import Recipe, Source, recipe_line, recipe_of

__all__ = [
    'Recipe',
    'Source',
    'WeightedMean',
    'mix',
    'recipe_line',
    'recipe_of',
    'save_averaged',
]
