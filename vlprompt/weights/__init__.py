"""Files of weights: one reader of every format, for every way in.

The contents of a file decide what it is, never its name, and nothing that a
file asks for is run.
"""

from .load import LoadedWeights, load_weights_file, say, tensors_in, weights_in
from .places import split_place
from .reader import WeightsFile, read_file
from .tensors import check_finite

__all__ = [
    'LoadedWeights',
    'WeightsFile',
    'check_finite',
    'load_weights_file',
    'read_file',
    'say',
    'split_place',
    'tensors_in',
    'weights_in',
]
