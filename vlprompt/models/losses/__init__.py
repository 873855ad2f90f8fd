"""Losses on the features of a batch."""

from .same_class_kl_loss import SameClassKLLoss
from .scenario_cosine_loss import ScenarioCosineLoss
from .symmetric_contrastive_loss import SymmetricContrastiveLoss

__all__ = ['SameClassKLLoss', 'ScenarioCosineLoss', 'SymmetricContrastiveLoss']
