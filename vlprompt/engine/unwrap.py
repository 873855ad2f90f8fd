"""The model of a runner."""

from mmengine.model import is_model_wrapper
from torch import nn


def unwrap(model: nn.Module) -> nn.Module:
    """A runner's model without the wrapper of distributed training."""
    return model.module if is_model_wrapper(model) else model
