import copy

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts


@MODELS.register_module()
class VideoConditionalPrompts(BaseModule):
    """TC-CLIP: the text tower's last layer gets prompts made for the video.

    The learnable tokens of the texts, as they come out of the layer before,
    attend to what the vision tower carries from layer to layer, a summary of
    the video, projected as frames are; no gradient flows back to it.  Needs
    a text tower with ``stop_before_last=True`` and a vision tower with an
    adapter that carries, such as :class:`TemporalContext`.

    Args:
        text: open_clip's ``TextTransformer``, whose last layer these weights
            start from; given by the recognizer.
        embed_dim: Width of the summary, E; given by the recognizer.
        heads: Attention heads; as many as the text tower has if not given.

    Attributes:
        layer: The vision layer whose summary is read: the one that has the
            number of the last text layer, as in the released code.
    """

    prompts_last_layer = True

    def __init__(
        self, text: nn.Module, embed_dim: int, heads: int | None = None
    ) -> None:
        super().__init__()
        blocks = text.transformer.resblocks
        last, width = blocks[-1], text.transformer.width
        self.layer = len(blocks) - 1
        self.attn = nn.MultiheadAttention(
            width,
            heads or last.attn.num_heads,
            kdim=embed_dim,
            vdim=embed_dim,
            batch_first=True,
        )
        self.ln_1 = copy.deepcopy(last.ln_1)
        self.ln_1_kv = nn.LayerNorm(embed_dim, eps=last.ln_1.eps)
        self.ln_2 = copy.deepcopy(last.ln_2)
        self.mlp = copy.deepcopy(last.mlp)
        if embed_dim == width:
            self.attn.load_state_dict(last.attn.state_dict())
            self.ln_1_kv.load_state_dict(last.ln_1.state_dict())

    def forward(
        self, states: Tensor, tokens: TokenizedTexts, context: Tensor
    ) -> Tensor:
        """Texts and videos to (B, C, K, D) prompts; C is 1 if all share them.

        Args:
            states: (C, 1, L, D) texts before the last layer.
            tokens: Where their K learnable tokens are.
            context: (B, M, E) summaries of the videos.

        Raises:
            UserError: If the texts have no learnable tokens.
        """
        num = tokens.slots.size(1)
        if not num:
            raise UserError(
                'VideoConditionalPrompts needs learnable tokens in the '
                "template, as in '[a photo of a] {}.'"
            )
        slots = tokens.slots
        if tokens.shared_slots == num:
            states, slots = states[:1], slots[:1]
        rows = torch.arange(len(states), device=states.device)[:, None]
        # (C, K, D) -> (1, C * K, D): videos do not matter yet
        prompts = states[rows, 0, slots].flatten(0, 1)[None]
        prompts = prompts + self._look(prompts, context)
        prompts = prompts + self.mlp(self.ln_2(prompts))
        return prompts.unflatten(1, (-1, num))

    def _look(self, prompts: Tensor, context: Tensor) -> Tensor:
        """(1, N, D) prompts attend to (B, M, E) context: (B, N, D)."""
        context = self.ln_1_kv(context)
        query = self.ln_1(prompts).expand(context.size(0), -1, -1)
        return self.attn(query, context, context, need_weights=False)[0]
