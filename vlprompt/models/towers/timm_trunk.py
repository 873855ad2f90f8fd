import torch
from open_clip.timm_model import TimmModel
from torch import Tensor, nn

from .rotation import Rotation
from .timm_block import TimmBlock


class TimmTrunk:
    """A vision transformer of timm in open_clip (SigLIP, PE-Core).

    What makes frames of the last layer's tokens is its own: attention
    pooling, the class token, or a mean.

    Args:
        visual: open_clip's ``TimmModel`` around it.
    """

    def __init__(self, visual: TimmModel) -> None:
        self.visual = visual
        self.trunk = trunk = visual.trunk
        self.blocks = [TimmBlock(block) for block in trunk.blocks]
        self.has_class_token = trunk.cls_token is not None
        by_class_token = trunk.global_pool == 'token'
        self.queries = slice(0, 1) if by_class_token else None
        self.width: int = trunk.embed_dim
        self.heads: int = self.blocks[0].attn.num_heads
        self.grid_size = tuple(trunk.patch_embed.grid_size)
        self.image_size = tuple(trunk.patch_embed.img_size)

    @property
    def rotation(self) -> Rotation | None:
        """The turn of queries and keys, if there is one."""
        rope = getattr(self.trunk, 'rope', None)
        if rope is None:
            return None
        attn = self.trunk.blocks[0].attn
        return Rotation(
            rope.get_embed(),
            first=self.trunk.num_prefix_tokens,
            heads=self.heads,
            half=getattr(attn, 'rotate_half', False),
        )

    def out_dim(self, project: bool) -> int:
        """Width of the frames, in the joint space or before it."""
        heads = (getattr(self.visual.head, 'proj', None), self.trunk.head)
        for head in heads if project else ():
            if isinstance(head, nn.Linear):
                return head.out_features
        return self.width

    def patches(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) images to (B, N, D) tokens with their positions."""
        trunk, tokens = self.trunk, self.trunk.patch_embed(images)
        tokens = tokens.to(trunk.pos_embed.dtype)
        if trunk.no_embed_class:
            tokens = tokens + trunk.pos_embed
        if self.has_class_token:
            cls = trunk.cls_token.expand(tokens.size(0), -1, -1)
            tokens = torch.cat([cls, tokens], dim=1)
        if trunk.no_embed_class:
            return tokens
        return tokens + trunk.pos_embed

    def normalize(self, tokens: Tensor) -> Tensor:
        """(..., D) tokens or prompts as the first layer takes them."""
        return self.trunk.norm_pre(tokens)

    def pool(self, tokens: Tensor, project: bool) -> Tensor:
        """(B, N, D) tokens of the last layer to (B, E) frames."""
        normed = self.trunk.norm(tokens)
        frames = self.trunk.forward_head(normed, pre_logits=not project)
        return self.visual.head(frames) if project else frames
