"""Metrics."""

from .scored_acc_metric import ScoredAccMetric
from .video_text_retrieval_metric import VideoTextRetrievalMetric

__all__ = ['ScoredAccMetric', 'VideoTextRetrievalMetric']
