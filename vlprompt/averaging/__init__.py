"""Means of weights: of checkpoints, of epochs, and with pretrained CLIP."""

from .files import AVERAGED, ends_averaged, save_averaged
from .mean import WeightedMean, mix
from .recipe import Recipe, Source, recipe_line, recipe_of

__all__ = [
    'AVERAGED',
    'Recipe',
    'Source',
    'WeightedMean',
    'ends_averaged',
    'mix',
    'recipe_line',
    'recipe_of',
    'save_averaged',
]
