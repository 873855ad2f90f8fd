"""Losses on the features of a batch."""

from .scenario_cosine_loss import ScenarioCosineLoss

__all__ = ['ScenarioCosineLoss']
