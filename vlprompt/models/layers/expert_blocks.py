"""Transformer blocks whose MLP is a mixture of experts, mixed by weights."""

from functools import partial
from types import SimpleNamespace

import torch
from open_clip.transformer import LayerNorm
from torch import Tensor, nn

from ..towers.layer import Layer
from .quick_gelu import QuickGELU

HIDDEN = -1e6  # what is added to the scores of padding


class ExpertLinear(nn.Module):
    """Linear maps that become one, as a weighted mean of their weights.

    All start as the same one.

    Args:
        num: Experts, N.
        into: Width of the input.
        out: Width of the output.
        std: Standard deviation that the weights start with.
    """

    def __init__(self, num: int, into: int, out: int, std: float) -> None:
        super().__init__()
        weight = std * torch.randn(out, into)
        self.weight = nn.Parameter(weight.repeat(num, 1, 1))
        self.bias = nn.Parameter(torch.zeros(num, out))

    def mix(self, share: Tensor) -> SimpleNamespace:
        """(N,) shares of the experts to one weight and bias."""
        share = share.to(self.weight)
        return SimpleNamespace(
            weight=torch.tensordot(share, self.weight, dims=1),
            bias=share @ self.bias,
        )

    @torch.no_grad()
    def merge(self) -> None:
        """Become the mean of the experts, with less weights."""
        self.weight = nn.Parameter(self.weight.mean(dim=0, keepdim=True))
        self.bias = nn.Parameter(self.bias.mean(dim=0, keepdim=True))


class ExpertBlock(nn.Module):
    """A pre-norm block of CLIP's kind with experts in its MLP (MoTE).

    Args:
        width: E.
        heads: Attention heads.
        num_experts: N.
        std: Standard deviation that the linear maps start with.
        eps: Of the layer norms.
    """

    def __init__(
        self,
        width: int,
        heads: int,
        num_experts: int,
        std: float = 0.02,
        eps: float = 1e-12,
    ) -> None:
        super().__init__()
        norm = partial(LayerNorm, eps=eps)
        self.attn = nn.MultiheadAttention(width, heads, batch_first=True)
        nn.init.normal_(self.attn.out_proj.weight, std=std)
        self.ln_1, self.ln_2 = norm(width), norm(width)
        self.c_fc = ExpertLinear(num_experts, width, 4 * width, std)
        self.c_proj = ExpertLinear(num_experts, 4 * width, width, std)
        self.gelu = QuickGELU()
        self.scale = nn.Identity()  # where others scale branches

    def forward(
        self, tokens: Tensor, share: Tensor, mask: Tensor | None = None
    ) -> Tensor:
        """(B, L, E) tokens to (B, L, E), with one MLP of (N,) shares.

        Args:
            tokens: Of which a (B, L) mask may hide some.
            share: Of each expert, their sum is 1.
            mask: True where a token is real.
        """
        if mask is not None:
            # (B, L) -> (B, 1, 1, L)
            mask = (HIDDEN * (~mask).to(tokens.dtype))[:, None, None]
        layer = Layer(self._mixed(share), mask)
        tokens = tokens.unsqueeze(1)  # (B, 1, L, E)
        tokens = tokens + layer.attend(tokens)
        return layer.after_attention(tokens).squeeze(1)

    def _mixed(self, share: Tensor) -> SimpleNamespace:
        """A block as open_clip's, with one MLP."""
        mlp = SimpleNamespace(
            c_fc=self.c_fc.mix(share),
            gelu=self.gelu,
            c_proj=self.c_proj.mix(share),
        )
        return SimpleNamespace(
            attn=self.attn,
            ln_1=self.ln_1,
            ln_2=self.ln_2,
            ls_1=self.scale,
            ls_2=self.scale,
            mlp=mlp,
        )

    def merge(self) -> None:
        """Become a block with one MLP, the mean of the experts."""
        self.c_fc.merge()
        self.c_proj.merge()
