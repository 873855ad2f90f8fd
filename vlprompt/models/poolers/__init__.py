"""Temporal poolers: frame embeddings to a video embedding."""

from .mean_pooler import MeanPooler

__all__ = ['MeanPooler']
