"""What runs around a model: hooks, loops and schedules."""

from . import hooks, loops, schedulers
from .hooks import *
from .loops import *
from .schedulers import *

__all__ = hooks.__all__ + loops.__all__ + schedulers.__all__
