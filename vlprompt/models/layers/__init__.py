"""Layers that towers, poolers and heads share."""
