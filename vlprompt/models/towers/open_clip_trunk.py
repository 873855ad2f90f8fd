import torch
from open_clip.transformer import VisionTransformer
from torch import Tensor, nn


class OpenClipTrunk:
    """open_clip's vision transformer: frames are class tokens, or means.

    Args:
        visual: open_clip's ``VisionTransformer``.
    """

    rotation = None
    has_class_token = True

    def __init__(self, visual: VisionTransformer) -> None:
        self.visual = visual
        # CLIPA takes the mean of the patches.
        self.queries = slice(0, 1) if visual.pool_type == 'tok' else None
        self.blocks: nn.ModuleList = visual.transformer.resblocks
        self.width: int = visual.transformer.width
        self.heads: int = self.blocks[0].attn.num_heads
        self.grid_size = tuple(visual.grid_size)
        self.image_size = tuple(visual.image_size)

    def out_dim(self, project: bool) -> int:
        """Width of the frames, in the joint space or before it."""
        return self.visual.proj.shape[int(project)]

    def patches(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) images to (B, N, D) tokens with their positions."""
        visual = self.visual
        # (B, D, h, w) -> (B, N - 1, D)
        patches = visual.conv1(images).flatten(2).mT
        patches = patches.to(visual.class_embedding.dtype)
        cls = visual.class_embedding.expand(patches.size(0), 1, -1)
        tokens = torch.cat([cls, patches], dim=1)
        return visual.patch_dropout(tokens + visual.positional_embedding)

    def normalize(self, tokens: Tensor) -> Tensor:
        """(..., D) tokens or prompts as the first layer takes them."""
        return self.visual.ln_pre(tokens)

    def pool(self, tokens: Tensor, project: bool) -> Tensor:
        """(B, N, D) tokens of the last layer to (B, E) frames."""
        visual = self.visual
        if visual.pool_type == 'tok':
            frames = visual.ln_post(tokens[:, 0])
        elif visual.final_ln_after_pool:
            frames = visual.ln_post(tokens[:, 1:].mean(dim=1))
        else:
            frames = visual.ln_post(tokens[:, 1:]).mean(dim=1)
        return frames @ visual.proj if project else frames
