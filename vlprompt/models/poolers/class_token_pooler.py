import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..features import VisualFeatures
from ..layers.temporal import check_frames


@MODELS.register_module()
class ClassTokenPooler(BaseModule):
    """ActionCLIP's Transf_cls: a class token reads the frames.

    PyTorch's post-norm transformer encoder with a final norm.  Clips of
    fewer frames than positions use the first positions.

    Args:
        embed_dim: Width of the embeddings, E.
        num_layers: Layers.
        num_positions: Frames at most.
        heads: Attention heads; one for each 64 of E if not given.
        hidden: Width of the feed-forward layers.
        dropout: Everywhere in the encoder.
    """

    keeps_frames = False

    def __init__(
        self,
        embed_dim: int,
        num_layers: int = 6,
        num_positions: int = 8,
        heads: int | None = None,
        hidden: int = 2048,
        dropout: float = 0.1,
    ) -> None:
        super().__init__()
        self.cls_token = nn.Parameter(0.02 * torch.randn(embed_dim))
        self.positions = nn.Parameter(
            0.02 * torch.randn(num_positions + 1, embed_dim)
        )
        layer = nn.TransformerEncoderLayer(
            embed_dim,
            heads or max(1, embed_dim // 64),
            hidden,
            dropout,
            batch_first=True,
        )
        self.encoder = nn.TransformerEncoder(
            layer,
            num_layers,
            nn.LayerNorm(embed_dim),
            enable_nested_tensor=False,
        )

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, E) frames to (B, E) video.

        Raises:
            UserError: If there are more frames than positions.
        """
        frames, mask = features.frames, features.mask
        check_frames(
            frames.size(1), len(self.positions) - 1, 'ClassTokenPooler'
        )
        cls = self.cls_token.to(frames.dtype).expand(frames.size(0), 1, -1)
        tokens = torch.cat([cls, frames], dim=1)
        tokens = tokens + self.positions[: tokens.size(1)].to(tokens.dtype)
        if mask is not None:
            visible = mask.new_ones(mask.size(0), 1)
            mask = ~torch.cat([visible, mask], dim=1)
        return self.encoder(tokens, src_key_padding_mask=mask)[:, 0]
