"""Heads: logits, losses and predictions."""

from .frame_classification_head import FrameClassificationHead
from .in_batch_head import InBatchHead
from .linear_head import LinearHead
from .similarity_head import SimilarityHead
from .tight_transformer_head import TightTransformerHead

__all__ = [
    'FrameClassificationHead',
    'InBatchHead',
    'LinearHead',
    'SimilarityHead',
    'TightTransformerHead',
]
