from collections.abc import Callable

from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..towers.layer import Queries, join


@MODELS.register_module()
class MessageToken(BaseModule):
    """X-CLIP: shows a layer what the frames have told each other.

    Each frame's class token becomes a message, the messages attend to each
    other over time, and each frame attends to its own, which is then thrown
    away (cross-frame communication).  Any number of frames.

    Args:
        width: Width of the tower, D.
        heads: Attention heads.
    """

    inside_block = False
    needs_class_token = True

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.message_fc = nn.Linear(width, width)
        self.message_ln = nn.LayerNorm(width)
        self.message_attn = nn.MultiheadAttention(
            width, heads, batch_first=True
        )

    def forward(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them."""
        message = self.message_fc(tokens[:, :, 0])  # (B, T, D)
        normed = self.message_ln(message)
        attended, _ = self.message_attn(
            normed, normed, normed, need_weights=False
        )
        message = (message + attended).to(tokens.dtype)
        context = join(context, message.unsqueeze(2))
        return layer(tokens, context=context, queries=queries)
