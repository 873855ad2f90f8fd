import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vlprompt.registry import MODELS

from .distance_covariance_pooler import DistanceCovariancePooler, _device


@MODELS.register_module()
class TemporalDistanceCovariancePooler(DistanceCovariancePooler):
    """BDC-CLIP: Brownian distance covariance of the tokens of a clip.

    That of a frame has added to it what the frame attends to among those of
    all frames, by the reduced class tokens; the clip gets the mean.  Any
    number of frames; their order changes nothing.

    Args:
        embed_dim: See :class:`DistanceCovariancePooler`.
        reduced_dim: The same.
    """

    def __init__(self, embed_dim: int, reduced_dim: int = 192) -> None:
        super().__init__(embed_dim, reduced_dim)
        self.query = nn.Linear(reduced_dim, reduced_dim, bias=False)
        self.key = nn.Linear(reduced_dim, reduced_dim, bias=False)

    def forward(self, tokens: Tensor, places: Tensor | None = None) -> Tensor:
        """(B, T, L, E) embeddings of tokens to (B, F)."""
        with torch.autocast(_device(tokens), enabled=False):
            chosen, statistics = self.by_frame(tokens, places)
            query = F.linear(chosen, self.query.weight.to(chosen.dtype))
            key = F.linear(chosen, self.key.weight.to(chosen.dtype))
            # (B, T, T)
            scores = query @ key.mT * chosen.size(-1) ** -0.5
            # Each frame's, and the mean of what the frames attend to: the
            # mean over the queries comes first, which leaves (B, 1, T).
            weights = scores.softmax(dim=-1).mean(dim=1, keepdim=True)
            attended = (weights @ statistics).squeeze(1)
            return attended + statistics.mean(dim=1)
