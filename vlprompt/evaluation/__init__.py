"""Metrics."""

from .counted_acc_metric import CountedAccMetric
from .video_text_retrieval_metric import VideoTextRetrievalMetric

__all__ = ['CountedAccMetric', 'VideoTextRetrievalMetric']
