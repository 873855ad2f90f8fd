"""Embeddings that are added to tokens before the first layer."""

from .time_embedding import TimeEmbedding

__all__ = ['TimeEmbedding']
