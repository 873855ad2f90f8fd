"""Losses on the features of a batch."""

from .motion_loss import MotionLoss
from .scenario_cosine_loss import ScenarioCosineLoss
from .soft_target_kl_loss import SoftTargetKLLoss
from .symmetric_contrastive_loss import SymmetricContrastiveLoss

__all__ = [
    'MotionLoss',
    'ScenarioCosineLoss',
    'SoftTargetKLLoss',
    'SymmetricContrastiveLoss',
]
