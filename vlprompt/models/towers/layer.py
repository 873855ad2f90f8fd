"""The seam between open_clip's residual blocks and everything learnable."""

from collections.abc import Callable, Iterable
from functools import partial

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from ..roles import Adapter

Queries = slice | Tensor


class Layer:
    """One open_clip residual block, seen as a function of tokens.

    A thin view that is made anew in every forward and owns nothing.  Context
    tokens are keys and values only: the tokens attend to ``[context ;
    tokens]`` and the output at the context's places is never computed.  That
    equals running the context through the block and throwing its output
    away, as deep prompts do.

    Args:
        block: open_clip's ``ResidualAttentionBlock``.
        mask: (L, L) or, with a context or queries, (B, 1, L, L) additive
            attention mask among the tokens; the context is always visible.
        recompute_mlp: Whether the MLP's first half is computed again in the
            backward pass, so that its 4 D wide activations are not kept;
            those after its activation still are, if its weights are learnt.
    """

    def __init__(
        self,
        block: nn.Module,
        mask: Tensor | None = None,
        recompute_mlp: bool = False,
    ) -> None:
        self.block = block
        self.mask = mask
        self.recompute_mlp = recompute_mlp

    def __call__(
        self,
        tokens: Tensor,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) to (B, T, L, D), or to (B, T, Q, D) for Q queries.

        Args:
            tokens: (B, T, L, D) residual stream.
            context: (K, D), or (B, T, K, D) with B or T possibly 1.
            queries: The tokens whose output is wanted: a slice of L or (B, Q)
                places, the latter with T = 1 only.
        """
        if context is None and queries is None and not self.recompute_mlp:
            out = self.block(tokens.flatten(0, 1), attn_mask=self.mask)
            return out.view_as(tokens)
        out = take(tokens, queries)
        out = out + self.block.ls_1(self.attend(tokens, context, queries))
        if self.recompute_mlp and torch.is_grad_enabled():
            hidden = checkpoint(self._widen, out, use_reentrant=False)
        else:
            hidden = self._widen(out)
        return out + self.block.ls_2(self.block.mlp.c_proj(hidden))

    def _widen(self, tokens: Tensor) -> Tensor:
        """(B, T, L, D) to the MLP's (B, T, L, 4 D) activations."""
        mlp = self.block.mlp
        return mlp.gelu(mlp.c_fc(self.block.ln_2(tokens)))

    def attend(
        self,
        tokens: Tensor,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """Pre-norm attention over ``[context ; tokens]``, no residual."""
        if context is not None:
            context = self.block.ln_1(context)
        return self.attend_normed(self.block.ln_1(tokens), context, queries)

    def attend_normed(
        self,
        normed: Tensor,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """Attention over ``[context ; normed]``, both normalised already."""
        attn = self.block.attn
        weight, bias = attn.in_proj_weight, attn.in_proj_bias
        width = normed.size(-1)
        # Apart from the queries, which are kept for the backward pass: keys
        # and values are not, once they are joined to those of the context.
        query = F.linear(take(normed, queries), weight[:width], bias[:width])
        key, value = self._key_value(normed)
        visible = 0
        if context is not None:
            visible = context.size(-2)
            pair = self._key_value(context)
            key, value = (
                torch.cat([c.expand(*x.shape[:2], -1, -1), x], dim=2)
                for c, x in zip(pair, (key, value), strict=True)
            )
        # (B, T, L, D) -> (B * T, heads, L, D / heads)
        query, key, value = (
            x.flatten(0, 1).unflatten(-1, (attn.num_heads, -1)).transpose(1, 2)
            for x in (query, key, value)
        )
        mask = self._mask(query, visible, queries)
        out = F.scaled_dot_product_attention(query, key, value, mask)
        # (B * T, heads, Q, D / heads) -> (B, T, Q, D)
        out = out.transpose(1, 2).flatten(2).unflatten(0, normed.shape[:2])
        return F.linear(out, attn.out_proj.weight, attn.out_proj.bias)

    def _key_value(self, normed: Tensor) -> tuple[Tensor, Tensor]:
        attn, width = self.block.attn, normed.size(-1)
        key_value = F.linear(
            normed, attn.in_proj_weight[width:], attn.in_proj_bias[width:]
        )
        return key_value.chunk(2, dim=-1)

    def _mask(
        self, query: Tensor, visible: int, queries: Queries | None
    ) -> Tensor | None:
        if self.mask is None:
            return None
        mask = F.pad(self.mask, (visible, 0)).to(query.dtype)
        if queries is None:
            return mask
        if isinstance(queries, slice):
            return mask[..., queries, :]
        return take(mask.expand(queries.size(0), 1, -1, -1), queries)


def take(tokens: Tensor, queries: Queries | None) -> Tensor:
    """(B, T, L, D) to the (B, T, Q, D) tokens at some places."""
    if queries is None:
        return tokens
    if isinstance(queries, slice):
        return tokens[:, :, queries]
    index = queries[:, None, :, None]
    return tokens.gather(
        2, index.expand(-1, tokens.size(1), -1, tokens.size(-1))
    )


def join(context: Tensor | None, more: Tensor) -> Tensor:
    """(K, D) or (B, T, K, D) context and (B, T, M, D) more to both.

    B and T of either may be 1.
    """
    if context is None:
        return more
    context = context.expand(1, 1, -1, -1) if context.dim() == 2 else context
    size = [
        max(a, b)
        for a, b in zip(context.shape[:2], more.shape[:2], strict=True)
    ]
    parts = [x.to(more.dtype).expand(*size, -1, -1) for x in (context, more)]
    return torch.cat(parts, dim=2)


def wrap(layer: Callable, adapters: Iterable[Adapter]) -> Callable:
    """Nest adapters around a layer; the first one is the outermost.

    An adapter is called as ``adapter(tokens, layer=layer, context=context,
    queries=queries)`` and decides what it gives the layer inside it.
    """
    for adapter in reversed(list(adapters)):
        layer = partial(adapter, layer=layer)
    return layer


def run(
    layer: Callable,
    tokens: Tensor,
    context: Tensor | None,
    queries: Queries | None,
    with_cp: bool,
) -> Tensor:
    """Call a layer, recomputing it in the backward pass if asked to."""
    if with_cp and torch.is_grad_enabled():
        return checkpoint(
            layer,
            tokens,
            context=context,
            queries=queries,
            use_reentrant=False,
        )
    return layer(tokens, context=context, queries=queries)
