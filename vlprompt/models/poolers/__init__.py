"""Temporal poolers: frame embeddings to a video embedding."""

from .class_token_pooler import ClassTokenPooler
from .conv1d_pooler import Conv1dPooler
from .identity_pooler import IdentityPooler
from .lstm_pooler import LSTMPooler
from .mean_pooler import MeanPooler, UnitMeanPooler
from .mean_then_norm_pooler import MeanThenNormPooler
from .transformer_pooler import TransformerPooler

__all__ = [
    'ClassTokenPooler',
    'Conv1dPooler',
    'IdentityPooler',
    'LSTMPooler',
    'MeanPooler',
    'MeanThenNormPooler',
    'TransformerPooler',
    'UnitMeanPooler',
]
