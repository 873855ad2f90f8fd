"""Losses on the features of a batch."""

from .alignment_losses import PairLoss, SameClassKLLoss
from .scenario_cosine_loss import ScenarioCosineLoss

__all__ = ['PairLoss', 'SameClassKLLoss', 'ScenarioCosineLoss']
