import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..layers.token_merging import merge_tokens, pick, ranking
from ..precision import without_autocast
from ..towers.calls import Carried
from ..towers.layer import Layer, Queries, join, take


@MODELS.register_module()
class TemporalContext(BaseModule):
    """TC-CLIP: every frame also attends to a summary of the whole clip.

    From each frame a layer takes the patches that the class token attends to
    most, and merges those of all frames into a few tokens, which go through
    its MLP and are keys and values of all frames in the next layer.  A
    learned number for each head makes them more or less visible than the
    frame's own tokens.  Any number of frames.  It looks into the block and
    has to be the last of the adapters around it.

    Args:
        width: Width of the tower, D; given by the tower.
        heads: Its attention heads; given by the tower.
        index: Which layer this is; given by the tower.
        num_patches: Patch tokens of a frame; given by the tower.
        num_tokens: Tokens of the summary, M; fewer in clips so short that
            fewer patches are taken.
        share: Of the patches of a frame, how many are taken.
        max_merged: Tokens that a round of merging takes away.

    Raises:
        UserError: If no patch would be taken.
    """

    inside_block = True
    needs_class_token = True
    carries = True

    def __init__(
        self,
        width: int,
        heads: int,
        index: int,
        num_patches: int,
        num_tokens: int = 96,
        share: float = 0.3,
        max_merged: int = 100,
    ) -> None:
        super().__init__()
        self.num_seeds = int(share * num_patches)
        if not 0 < self.num_seeds <= num_patches:
            raise UserError(
                f'share={share} of {num_patches} patches are '
                f'{self.num_seeds}, expected at least one and not more than '
                'there are'
            )
        if num_tokens < 1 or max_merged < 1:
            raise UserError(
                f'num_tokens={num_tokens}, max_merged={max_merged}, expected '
                'at least 1 of both'
            )
        self.heads = heads
        self.num_patches = num_patches
        self.num_tokens = num_tokens
        self.max_merged = max_merged
        self.bias_table = None
        if index:
            # for the frame's own tokens, and for those of the summary
            self.bias_table = nn.Parameter(torch.empty(heads, 1, 2))
            nn.init.trunc_normal_(self.bias_table, std=0.02)

    def forward(
        self,
        tokens: Tensor,
        layer: Layer,
        context: Tensor | None = None,
        queries: Queries | None = None,
        carried: Tensor | None = None,
    ) -> Carried:
        """(B, T, L, D) tokens to (B, T, Q, D) and the (B, M, D) summary.

        Args:
            tokens: Class token first, then the patches.
            layer: The block.
            context: What the frames attend to besides; counts as their own.
            queries: Of the other tokens only those of the summary are
                computed.
            carried: The summary of the layer before.
        """
        normed, around = layer.ln_1(tokens), _around(carried, context)
        around = None if around is None else layer.ln_1(around)
        key, value = layer.keys_and_values(normed, around)
        bias = self._bias(tokens, around, carried, key)
        query = layer.query(normed)
        first = key.size(2) - tokens.size(2)
        places = self._most_attended(query[:, :, :1], key, bias, first)
        residual = tokens
        if queries is not None:
            residual, query = (
                torch.cat([take(x, queries), pick(x, places)], dim=2)
                for x in (tokens, query)
            )
        attention = layer.mix(query, key, value, bias)
        residual = residual + layer.block.ls_1(attention)
        if queries is None:
            seeds = pick(residual, places)
        else:
            residual, seeds = residual.split(
                (residual.size(2) - self.num_seeds, self.num_seeds), dim=2
            )
        merged = merge_tokens(
            seeds.flatten(1, 2), self.num_tokens, self.max_merged
        )
        # The summary is no frame: what looks at several tokens leaves it out.
        merged = layer.tokenwise().after_attention(merged[:, None])[:, 0]
        return Carried(layer.after_attention(residual), merged)

    def _bias(
        self,
        tokens: Tensor,
        around: Tensor | None,
        carried: Tensor | None,
        key: Tensor,
    ) -> Tensor | None:
        """What is added to the scores of S keys, (1, heads, 1, S).

        The same number for all keys changes nothing, so the difference of
        the two is added to those of the frame, which stand behind the
        summary.
        """
        more = 0 if around is None else around.size(2)
        if key.size(2) != more + tokens.size(2):
            raise UserError(
                'TemporalContext cannot tell the patches of a frame from '
                'those that another adapter adds to its keys: leave one out'
            )
        if carried is None:
            return None
        local, other = self.bias_table.unbind(dim=-1)
        difference = (local - other).to(key.dtype)[None, :, None]
        places = torch.arange(key.size(2), device=key.device)
        is_own = places >= carried.size(1)
        return difference * is_own

    @torch.no_grad()
    def _most_attended(
        self, query: Tensor, key: Tensor, bias: Tensor | None, first: int
    ) -> Tensor:
        """(B, T, 1, D) class token's query to the (B, T, N) places of patches.

        The one it attends to most, on average over the heads, is the first.
        The class token itself is ``first`` among the S keys.
        """
        precise = torch.promote_types(key.dtype, torch.float32)
        query, key = (
            x.to(precise).unflatten(-1, (self.heads, -1)).transpose(2, 3)
            for x in (query, key)
        )
        with without_autocast(key.device):
            # (B, T, heads, 1, S)
            scores = query @ key.mT * query.size(-1) ** -0.5
            if bias is not None:
                scores = scores + bias
            weights = scores.softmax(dim=-1).mean(dim=2)[:, :, 0]
        # (B, T, S) -> (B, T, P)
        patches = weights[..., first + 1 : first + 1 + self.num_patches]
        return 1 + ranking(patches)[..., : self.num_seeds]


def _around(carried: Tensor | None, context: Tensor | None) -> Tensor | None:
    """The (B, M, D) summary, then what frames attend to besides."""
    if context is not None and context.dim() == 2:
        context = context[None, None]
    if carried is None or context is None:
        return context if carried is None else carried[:, None]
    return join(carried[:, None], context)
