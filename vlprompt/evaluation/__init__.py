"""Metrics."""

from .scored_acc_metric import ScoredAccMetric

__all__ = ['ScoredAccMetric']
