"""Heads: logits, losses and predictions."""

from .contrastive_head import ContrastiveHead
from .frame_classification_head import FrameClassificationHead
from .linear_head import LinearHead
from .mote_head import MoTEHead
from .optimal_transport_head import OptimalTransportHead
from .probability_ensemble_head import ProbabilityEnsembleHead
from .similarity_head import SimilarityHead
from .stochastic_text_head import StochasticTextHead
from .text_pooling_head import TextPoolingHead
from .tight_transformer_head import TightTransformerHead
from .token_interaction_head import TokenInteractionHead

__all__ = [
    'ContrastiveHead',
    'FrameClassificationHead',
    'LinearHead',
    'MoTEHead',
    'OptimalTransportHead',
    'ProbabilityEnsembleHead',
    'SimilarityHead',
    'StochasticTextHead',
    'TextPoolingHead',
    'TightTransformerHead',
    'TokenInteractionHead',
]
