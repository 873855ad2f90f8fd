import torch
from mmengine.model import BaseModule
from torch import Tensor, nn
from torch.nn import functional as F

from vlprompt.registry import MODELS

from ..layers.distance_covariance import distance_covariance


@MODELS.register_module()
class DistanceCovariancePooler(BaseModule):
    """BDC-CLIP: Brownian distance covariance of the tokens of a text.

    Tokens are normalised and reduced in width; each is weighted by what the
    token that stands for all (class token, end of text) attends to.  Clips
    of several frames get the mean over the frames.  Computed in fp32 (fp64
    stays fp64), also under autocast: entries are as small as 1e-5.

    Args:
        embed_dim: E, width of the tokens; given by the tower.
        reduced_dim: D, the width that they are reduced to.

    Attributes:
        out_dim: Length of what is given, D (D + 1) / 2.
    """

    needs_class_token = True  # of images, which have no end of text

    def __init__(self, embed_dim: int, reduced_dim: int = 192) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(embed_dim)
        self.reduce = nn.Linear(embed_dim, reduced_dim, bias=False)
        self.out_dim = reduced_dim * (reduced_dim + 1) // 2

    def forward(self, tokens: Tensor, places: Tensor | None = None) -> Tensor:
        """(B, T, L, E) embeddings of tokens to (B, F).

        Args:
            tokens: Of clips or, with T = 1, of texts.
            places: (B,) where the token that stands for all is; the first
                if not given.
        """
        with torch.autocast(_device(tokens), enabled=False):
            return self.by_frame(tokens, places)[1].mean(dim=1)

    def by_frame(
        self, tokens: Tensor, places: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(B, T, L, E) to (B, T, D) chosen tokens and (B, T, F).

        In the precision of the tokens, but at least fp32.
        """
        tokens = tokens.to(torch.promote_types(tokens.dtype, torch.float32))
        reduced = F.linear(
            self.norm(tokens), self.reduce.weight.to(tokens.dtype)
        )
        if places is None:
            chosen = reduced[:, :, 0]
        else:
            rows = torch.arange(len(reduced), device=reduced.device)
            chosen = reduced[rows, :, places.to(reduced.device)]
        # (B, T, 1, D) x (B, T, D, L) -> (B, T, L, 1)
        scores = (chosen[:, :, None] @ reduced.mT).mT
        weights = (scores * reduced.size(-1) ** -0.5).softmax(dim=2)
        statistics = distance_covariance((weights * reduced).flatten(0, 1))
        return chosen, statistics.unflatten(0, reduced.shape[:2])


def _device(tokens: Tensor) -> str:
    # meta tensors, which have no values, are none of autocast's devices
    return 'cpu' if tokens.is_meta else tokens.device.type
