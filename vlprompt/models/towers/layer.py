"""The seam between open_clip's residual blocks and everything learnable."""

from collections.abc import Callable, Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from ..roles import InsidePart
from .tokens import Queries, join, take


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
            those after its activation still are, if its weights are learned.
        inside: What acts at places in the layer, in this order; see
            :class:`InsidePart`.
        rotation: Turns the tokens' queries and keys; see :class:`Rotation`.
    """

    def __init__(
        self,
        block: nn.Module,
        mask: Tensor | None = None,
        recompute_mlp: bool = False,
        inside: Sequence[InsidePart] = (),
        rotation: Callable | None = None,
    ) -> None:
        self.block = block
        self.mask = mask
        self.recompute_mlp = recompute_mlp
        self.inside = inside
        self.rotation = rotation

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
        as_it_is = not (self.recompute_mlp or self.inside or self.rotation)
        if as_it_is and context is None and queries is None:
            out = self.block(tokens.flatten(0, 1), attn_mask=self.mask)
            return out.view_as(tokens)
        out = take(tokens, queries)
        out = out + self.block.ls_1(self.attend(tokens, context, queries))
        return self.after_attention(out)

    def tokenwise(self) -> 'Layer':
        """The same layer without what looks at more than one token's place.

        For attention over other axes than the tokens of a frame.
        """
        inside = [part for part in self.inside if part.tokenwise]
        return Layer(self.block, self.mask, self.recompute_mlp, inside)

    def after_attention(self, tokens: Tensor) -> Tensor:
        """(B, T, Q, D) sum of tokens and attention to the layer's output."""
        tokens = self.at('between', tokens)
        if self.recompute_mlp and torch.is_grad_enabled():
            hidden = checkpoint(self._hidden, tokens, use_reentrant=False)
        else:
            hidden = self._hidden(tokens)
        return tokens + self.block.ls_2(self._narrow(hidden))

    def ln_1(self, tokens: Tensor) -> Tensor:
        """(B, T, L, D) as the attention reads them."""
        return self.at('ln_1', self.block.ln_1(tokens))

    def ln_2(self, tokens: Tensor) -> Tensor:
        """(B, T, L, D) as the MLP reads them."""
        return self.at('ln_2', self.block.ln_2(tokens))

    def mlp(self, normed: Tensor) -> Tensor:
        """(B, T, L, D), normalised already, to (B, T, L, D); no residual."""
        return self._narrow(self._widen(normed))

    def at(self, place: str, tokens: Tensor) -> Tensor:
        """What the parts inside make of the tokens at a place."""
        for part in self.inside:
            if place in part.places:
                tokens = part.place(place, tokens)
        return tokens

    def linear(
        self, x: Tensor, weight: Tensor, bias: Tensor | None, *matrices: str
    ) -> list[Tensor]:
        """(..., D) to M outputs (..., N), with what parts add to them.

        Args:
            x: Input of M matrices, which stand below each other.
            weight: (M * N, D) of them.
            bias: (M * N,) of them.
            matrices: Their M names.
        """
        outs = list(F.linear(x, weight, bias).chunk(len(matrices), dim=-1))
        for part in self.inside:
            for i, name in enumerate(matrices):
                if name in part.matrices:
                    outs[i] = outs[i] + part.delta(name, x)
        return outs

    def _widen(self, normed: Tensor) -> Tensor:
        """(B, T, L, D) to the MLP's (B, T, L, 4 D) activations."""
        up = self.block.mlp.c_fc
        (wide,) = self.linear(normed, up.weight, up.bias, 'fc')
        return self.block.mlp.gelu(wide)

    def _hidden(self, tokens: Tensor) -> Tensor:
        return self._widen(self.ln_2(tokens))

    def _narrow(self, hidden: Tensor) -> Tensor:
        """The MLP's (B, T, L, 4 D) activations to (B, T, L, D)."""
        down = self.block.mlp.c_proj
        (out,) = self.linear(hidden, down.weight, down.bias, 'proj')
        return self.at('mlp', out)

    def attend(
        self,
        tokens: Tensor,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """Pre-norm attention over ``[context ; tokens]``, no residual."""
        if context is not None:
            context = self.ln_1(context)
        return self.attend_normed(self.ln_1(tokens), context, queries)

    def attend_normed(
        self,
        normed: Tensor,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """Attention over ``[context ; normed]``, both normalised already."""
        query = self.query(normed, queries)
        key, value = self.keys_and_values(normed, context)
        visible = 0 if context is None else context.size(-2)
        return self.mix(query, key, value, self._mask(query, visible, queries))

    def query(self, normed: Tensor, queries: Queries | None = None) -> Tensor:
        """(B, T, L, D), normalised already, to (B, T, Q, D) queries."""
        # Apart from keys and values: queries are kept for the backward pass,
        # those are not, once they are joined to those of the context.
        attn, width = self.block.attn, normed.size(-1)
        weight, bias = attn.in_proj_weight, attn.in_proj_bias
        query = self.linear(
            take(normed, queries), weight[:width], bias[:width], 'q'
        )[0]
        if self.rotation is None:
            return query
        return self.rotation(query, normed.size(2), queries)

    def keys_and_values(
        self, normed: Tensor, context: Tensor | None = None
    ) -> tuple[Tensor, Tensor]:
        """(B, T, L, D) to (B, T, S, D) keys and values, a context's first."""
        key, value = self._key_value(normed)
        if self.rotation is not None:
            key = self.rotation(key, normed.size(2))
        key, value = self._share(key), self._share(value)
        if context is None:
            return key, value
        pair = zip(self._key_value(context), (key, value), strict=True)
        return tuple(join(c, x) for c, x in pair)

    def mix(
        self, query: Tensor, key: Tensor, value: Tensor, mask: Tensor | None
    ) -> Tensor:
        """(B, T, Q, D) queries to (B, T, Q, D), what they read of S values."""
        heads, shape = self.block.attn.num_heads, query.shape[:2]
        # (B, T, L, D) -> (B * T, heads, L, D / heads)
        query, key, value = (
            x.flatten(0, 1).unflatten(-1, (heads, -1)).transpose(1, 2)
            for x in (query, key, value)
        )
        out = F.scaled_dot_product_attention(
            query, key, value, mask, self.dropout()
        )
        # (B * T, heads, Q, D / heads) -> (B, T, Q, D)
        return self.project(out.transpose(1, 2).flatten(2).unflatten(0, shape))

    def project(self, read: Tensor) -> Tensor:
        """(B, T, Q, D) of all heads to what attention adds to the tokens."""
        last = self.block.attn.out_proj
        out = self.linear(read, last.weight, last.bias, 'out')[0]
        return self.at('attention', out)

    def dropout(self) -> float:
        """How much of the attention is dropped."""
        # A list: torch.compile knows no default of max.
        return max([0.0, *(p.attention_dropout for p in self.inside)])

    def _key_value(self, normed: Tensor) -> list[Tensor]:
        attn, width = self.block.attn, normed.size(-1)
        weight, bias = attn.in_proj_weight, attn.in_proj_bias
        return self.linear(normed, weight[width:], bias[width:], 'k', 'v')

    def _share(self, x: Tensor) -> Tensor:
        """(B, T, L, D) keys or values to those that each frame attends to."""
        for part in self.inside:
            if part.shares:
                x = part.share(x)
        return x

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
