"""CLIP's limit of the logit scale."""

import math

import torch
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.registry import HOOKS

from ..unwrap import unwrap


@HOOKS.register_module()
class ClampLogitScaleHook(Hook):
    """Keeps the head's factor at most 100 (CLIP, CLIP4Clip).

    Args:
        maximum: Largest factor.
    """

    def __init__(self, maximum: float = 100.0) -> None:
        self.maximum = math.log(maximum)

    def after_train_iter(self, runner: Runner, *args, **kwargs) -> None:
        """Clamp the logarithm of the factor after each step."""
        with torch.no_grad():
            unwrap(runner.model).cls_head.logit_scale.clamp_(max=self.maximum)
