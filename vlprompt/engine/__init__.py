"""What runs around a model: hooks and schedules."""

from . import hooks, schedulers
from .hooks import *
from .schedulers import *

__all__ = hooks.__all__ + schedulers.__all__
