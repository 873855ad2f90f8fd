"""Token poolers: all tokens of a clip or a text to one vector."""

from .distance_covariance_pooler import DistanceCovariancePooler
from .temporal_distance_covariance_pooler import (
    TemporalDistanceCovariancePooler,
)

__all__ = ['DistanceCovariancePooler', 'TemporalDistanceCovariancePooler']
