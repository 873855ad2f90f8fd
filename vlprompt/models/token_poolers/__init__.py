"""Token poolers: all tokens of a clip or a text to one vector."""

from torch import Tensor, nn

from .distance_covariance_pooler import DistanceCovariancePooler
from .temporal_distance_covariance_pooler import (
    TemporalDistanceCovariancePooler,
)

__all__ = ['DistanceCovariancePooler', 'TemporalDistanceCovariancePooler']


def statistics_dim(tower: nn.Module | None) -> int:
    """How many statistics of its tokens a tower gives, 0 for none."""
    pooler = getattr(tower, 'token_pooler', None)
    return 0 if pooler is None else pooler.out_dim


def split_statistics(
    tower: nn.Module, features: Tensor
) -> tuple[Tensor, Tensor | None]:
    """What a text tower gives, (C, E + F), to (C, E) and (C, F), if any."""
    size = statistics_dim(tower)
    if not size:
        return features, None
    return features.tensor_split([-size], dim=-1)
