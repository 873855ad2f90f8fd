"""Models: recognizers and the parts they are put together from.

Everything that the folders export, so that a new part is named in its
folder's ``__init__`` alone.
"""

from . import (
    adapters,
    clip,
    conditioners,
    embeddings,
    heads,
    losses,
    poolers,
    prompts,
    recognizers,
    texts,
    token_poolers,
    towers,
)
from .adapters import *
from .clip import *
from .conditioners import *
from .embeddings import *
from .features import TokenizedTexts, VideoTextFeatures, VisualFeatures
from .frames_preprocessor import FramesPreprocessor
from .heads import *
from .losses import *
from .poolers import *
from .prompts import *
from .recognizers import *
from .texts import *
from .token_poolers import *
from .towers import *

__all__ = [
    'FramesPreprocessor',
    'TokenizedTexts',
    'VideoTextFeatures',
    'VisualFeatures',
]
__all__ += adapters.__all__ + clip.__all__ + conditioners.__all__
__all__ += embeddings.__all__ + heads.__all__ + losses.__all__
__all__ += poolers.__all__ + prompts.__all__ + recognizers.__all__
__all__ += texts.__all__ + token_poolers.__all__ + towers.__all__
