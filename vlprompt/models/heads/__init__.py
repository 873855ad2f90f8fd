"""Heads: logits, losses and predictions."""

from .cache_head import CacheHead
from .contrastive_head import ContrastiveHead
from .frame_classification_head import FrameClassificationHead
from .linear_head import LinearHead
from .mote_head import MoTEHead
from .optimal_transport_head import OptimalTransportHead
from .probability_ensemble_head import ProbabilityEnsembleHead
from .similarity_head import SimilarityHead
from .stochastic_text_head import StochasticTextHead
from .test_time_cache_head import TestTimeCacheHead
from .text_pooling_head import TextPoolingHead
from .tight_transformer_head import TightTransformerHead
from .token_interaction_head import TokenInteractionHead

__all__ = [
    'CacheHead',
    'ContrastiveHead',
    'FrameClassificationHead',
    'LinearHead',
    'MoTEHead',
    'OptimalTransportHead',
    'ProbabilityEnsembleHead',
    'SimilarityHead',
    'StochasticTextHead',
    'TestTimeCacheHead',
    'TextPoolingHead',
    'TightTransformerHead',
    'TokenInteractionHead',
]
