"""Losses on the features of a batch."""

from .scenario_cosine_loss import ScenarioCosineLoss
from .sigmoid_contrastive_loss import SigmoidContrastiveLoss
from .soft_target_kl_loss import SoftTargetKLLoss
from .symmetric_contrastive_loss import SymmetricContrastiveLoss

__all__ = [
    'ScenarioCosineLoss',
    'SigmoidContrastiveLoss',
    'SoftTargetKLLoss',
    'SymmetricContrastiveLoss',
]
