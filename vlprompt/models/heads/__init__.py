"""Heads: logits, losses and predictions."""

from .contrastive_head import ContrastiveHead
from .frame_classification_head import FrameClassificationHead
from .linear_head import LinearHead
from .optimal_transport_head import OptimalTransportHead
from .probability_ensemble_head import ProbabilityEnsembleHead
from .similarity_head import SimilarityHead
from .tight_transformer_head import TightTransformerHead

__all__ = [
    'ContrastiveHead',
    'FrameClassificationHead',
    'LinearHead',
    'OptimalTransportHead',
    'ProbabilityEnsembleHead',
    'SimilarityHead',
    'TightTransformerHead',
]
