"""Training loops."""

from .cache_loop import CacheLoop
from .cache_train_loop import CacheTrainLoop

__all__ = ['CacheLoop', 'CacheTrainLoop']
