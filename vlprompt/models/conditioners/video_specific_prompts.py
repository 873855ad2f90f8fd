import torch
import torch.nn.functional as F
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..features import VisualFeatures
from ..layers.blocks import LayerNorm, QuickGELU


class CrossAttention(nn.Module):
    """Attention of some tokens to others; no bias but on the output.

    Args:
        width: E.
        heads: Attention heads.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.q_proj = nn.Linear(width, width, bias=False)
        self.k_proj = nn.Linear(width, width, bias=False)
        self.v_proj = nn.Linear(width, width, bias=False)
        self.out_proj = nn.Linear(width, width)

    def forward(self, tokens: Tensor, others: Tensor) -> Tensor:
        """(B, L, E) tokens and (B, M, E) others to (B, L, E)."""
        # (B, L, E) -> (B, heads, L, E / heads)
        query, key, value = (
            x.unflatten(-1, (self.heads, -1)).transpose(1, 2)
            for x in (
                self.q_proj(tokens),
                self.k_proj(others),
                self.v_proj(others),
            )
        )
        out = F.scaled_dot_product_attention(query, key, value)
        return self.out_proj(out.transpose(1, 2).flatten(2))


class TextLayer(nn.Module):
    """Cross-attention from texts to video tokens, then an MLP.

    Args:
        width: E.
        heads: Attention heads.
    """

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.norm1 = LayerNorm(width)
        self.cross_attn = CrossAttention(width, heads)
        self.norm3 = LayerNorm(width)
        self.mlp = nn.Sequential(
            nn.Linear(width, 4 * width),
            QuickGELU(),
            nn.Linear(4 * width, width),
        )

    def forward(self, text: Tensor, video: Tensor) -> Tensor:
        """(B, C, E) texts and (B, M, E) video tokens to (B, C, E)."""
        text = text + self.cross_attn(self.norm1(text), video)
        return text + self.mlp(self.norm3(text))


@MODELS.register_module()
class VideoSpecificPrompts(BaseModule):
    """X-CLIP: makes the class texts depend on the video.

    The patch tokens of the last layer, averaged over the frames, are what
    the texts attend to; a small part of the outcome is added to them.  Needs
    a vision tower with ``patch_tokens=True``.  Any number of frames.

    Args:
        width: Width of the vision tower, D.
        embed_dim: Width of the texts, E.
        num_layers: Layers of cross-attention.
        heads: Attention heads; one for each 64 of E if not given.
        alpha: Where the weight of the added part starts, for each channel.
    """

    needs_class_token = True

    def __init__(
        self,
        width: int,
        embed_dim: int,
        num_layers: int = 2,
        heads: int | None = None,
        alpha: float = 0.1,
    ) -> None:
        super().__init__()
        heads = heads or max(1, embed_dim // 64)
        self.visual_ln = LayerNorm(width)
        self.visual_proj = nn.Parameter(torch.randn(width, embed_dim))
        self.norm = LayerNorm(embed_dim)
        self.layers = nn.ModuleList(
            TextLayer(embed_dim, heads) for _ in range(num_layers)
        )
        self.alpha = nn.Parameter(torch.full((embed_dim,), alpha))
        self.layers.apply(_start)

    def forward(self, text: Tensor, visual: VisualFeatures) -> Tensor:
        """(C, E) texts to (B, C, E) texts."""
        patches = visual.tokens[:, :, 1:]
        patches = self.visual_ln(patches) @ self.visual_proj
        # (B, T, P, E) -> (B, P, E)
        video = self.norm(patches.mean(dim=1))
        text = text.expand(video.size(0), -1, -1)
        prompts = text
        for layer in self.layers:
            prompts = layer(prompts, video)
        return text + self.alpha * prompts


def _start(module: nn.Module) -> None:
    if isinstance(module, nn.Linear):
        nn.init.trunc_normal_(module.weight, std=0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)
