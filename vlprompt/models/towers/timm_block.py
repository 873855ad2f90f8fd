from collections.abc import Callable
from functools import partial
from types import SimpleNamespace

import torch
from torch import Tensor, nn


class TimmBlock:
    """A block of timm under the names that open_clip gives its blocks'.

    A thin view that owns nothing; :class:`Layer` runs it as it runs
    open_clip's.

    Args:
        block: timm's ``Block`` of a ViT, or ``EvaBlock``.
    """

    def __init__(self, block: nn.Module) -> None:
        self.block = block

    def __call__(
        self, tokens: Tensor, attn_mask: Tensor | None = None
    ) -> Tensor:
        """(B, L, D) to (B, L, D), without a turn of queries and keys."""
        return self.block(tokens, attn_mask=attn_mask)

    @property
    def ln_1(self) -> nn.Module:
        """Norm before attention."""
        return self.block.norm1

    @property
    def ln_2(self) -> nn.Module:
        """Norm before the MLP."""
        return self.block.norm2

    @property
    def attn(self) -> 'TimmAttention':
        """The weights of attention."""
        return TimmAttention(self.block.attn)

    @property
    def mlp(self) -> SimpleNamespace:
        """The layers of the MLP."""
        mlp = self.block.mlp
        return SimpleNamespace(c_fc=mlp.fc1, gelu=mlp.act, c_proj=mlp.fc2)

    @property
    def ls_1(self) -> Callable:
        """Scale of what attention gives."""
        return self._scale('ls1', 'gamma_1')

    @property
    def ls_2(self) -> Callable:
        """Scale of what the MLP gives."""
        return self._scale('ls2', 'gamma_2')

    def _scale(self, module: str, vector: str) -> Callable:
        """A ViT's module, or the vector that an ``EvaBlock`` may have."""
        if hasattr(self.block, module):
            return getattr(self.block, module)
        gamma = getattr(self.block, vector)
        return _same if gamma is None else partial(torch.mul, gamma)


class TimmAttention:
    """The attention of a block of timm, with open_clip's names.

    Args:
        attn: timm's ``Attention``, ``AttentionRope`` or ``EvaAttention``.
    """

    def __init__(self, attn: nn.Module) -> None:
        self.attn = attn
        self.num_heads: int = attn.num_heads

    @property
    def in_proj_weight(self) -> Tensor:
        """(3 D, D) of queries, keys and values."""
        return self.attn.qkv.weight

    @property
    def in_proj_bias(self) -> Tensor:
        """(3 D,) of the same; BEiT's attention has none for the keys."""
        attn = self.attn
        if attn.qkv.bias is None:
            return torch.cat([attn.q_bias, attn.k_bias, attn.v_bias])
        return attn.qkv.bias

    @property
    def out_proj(self) -> nn.Linear:
        """The projection of the outcome."""
        return self.attn.proj


def _same(x: Tensor) -> Tensor:
    return x
