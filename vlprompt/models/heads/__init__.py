"""Heads: features to logits, losses and predictions."""

from .similarity_head import SimilarityHead

__all__ = ['SimilarityHead']
