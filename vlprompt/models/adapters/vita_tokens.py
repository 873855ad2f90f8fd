from collections.abc import Callable

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..towers.layer import Queries, join

# Of Vita-CLIP's prompts: sqrt(6 / (3 * 16 * 16 + 768)), whatever the width
UNIFORM = 0.0625


@MODELS.register_module()
class VitaTokens(BaseModule):
    """Vita-CLIP: global, local and summary tokens that a layer attends to.

    Global prompts are free vectors.  The class tokens of a clip, projected,
    give the others: added to free vectors they are the local prompts, all T
    of which every frame sees; through attention over time they are the
    summary tokens, of which a frame sees its own.  All of them live for one
    layer.

    Args:
        width: Width of the tower, D.
        heads: Attention heads.
        num_frames: T.  A clip of ``m * T`` frames is treated as m clips of
            T frames that follow each other, as the released code does.
        num_global: Global prompts; 0 for none.
        local: Whether there are local prompts.
        summary: Whether there is a summary token.
    """

    inside_block = False

    def __init__(
        self,
        width: int,
        heads: int,
        num_frames: int,
        num_global: int = 8,
        local: bool = True,
        summary: bool = True,
    ) -> None:
        super().__init__()
        if not (num_global or local or summary):
            raise UserError('VitaTokens without any tokens')
        self.num_frames = num_frames
        self.needs_class_token = local or summary
        self.cls_proj = self.global_prompts = self.local_prompts = None
        self.summary_ln = self.summary_attn = None
        if num_global:
            self.global_prompts = _vectors(num_global, width)
        if local or summary:
            self.cls_proj = nn.Linear(width, width)
        if local:
            self.local_prompts = _vectors(num_frames, width)
        if summary:
            self.summary_ln = nn.LayerNorm(width)
            self.summary_attn = nn.MultiheadAttention(
                width, heads, batch_first=True
            )
            for part in self.summary_attn.in_proj_weight.data.chunk(3):
                nn.init.xavier_uniform_(part)
            nn.init.xavier_uniform_(self.summary_attn.out_proj.weight)

    def forward(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them.

        Raises:
            UserError: If the number of frames is not a multiple of T.
        """
        if self.global_prompts is not None:
            context = join(context, self.global_prompts[None, None])
        if self.cls_proj is not None:
            prompts = self._project_class_tokens(tokens[:, :, 0])
            context = join(context, prompts.to(tokens.dtype))
        return layer(tokens, context=context, queries=queries)

    def _project_class_tokens(self, cls: Tensor) -> Tensor:
        """(B, m * T, D) class tokens to (B, m * T, K, D) tokens."""
        frames = cls.size(1)
        if frames % self.num_frames:
            raise UserError(
                f'clips of {frames} frames given, these Vita-CLIP tokens '
                f'take a multiple of {self.num_frames}'
            )
        # (B, m * T, D) -> (B * m, T, D)
        cls = cls.unflatten(1, (-1, self.num_frames)).flatten(0, 1)
        projected = self.cls_proj(cls)
        prompts = []
        if self.local_prompts is not None:
            # every frame sees those of all: (B * m, T, T, D)
            local = self.local_prompts + projected
            prompts.append(local[:, None].expand(-1, self.num_frames, -1, -1))
        if self.summary_attn is not None:
            normed = self.summary_ln(projected)
            attended, _ = self.summary_attn(
                normed, normed, normed, need_weights=False
            )
            prompts.append((projected + attended).unsqueeze(2))
        return (
            torch.cat(prompts, dim=2)
            .unflatten(0, (-1, frames // cls.size(1)))
            .flatten(1, 2)
        )


def _vectors(num: int, width: int) -> nn.Parameter:
    return nn.Parameter(torch.empty(num, width).uniform_(-UNIFORM, UNIFORM))
