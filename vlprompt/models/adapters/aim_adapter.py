from mmengine.model import BaseModule
from timm.layers import DropPath
from torch import Tensor

from vlprompt.registry import MODELS

from ..layers.bottleneck import Bottleneck
from ..towers.layer import Layer, Queries, take


@MODELS.register_module()
class AIMAdapter(BaseModule):
    """AIM: temporal, spatial and joint adapters inside a frozen block.

    The block's own attention is used twice: over the frames for each place
    in the picture, then over the picture.  At the start the temporal and the
    joint adapter give nothing and the spatial one passes on what it gets, so
    the block is CLIP's.  Any number of frames.  It looks into the block and
    therefore has to be the last in the list of adapters.

    Args:
        width: Width of the tower, D.
        index: Which layer this is.
        depth: Number of layers.
        scale: Of the joint adapter.
        drop_path: Stochastic depth of the last layer; grows linearly.
        num_temporal: 2 for another adapter before the temporal attention
            (Something-Something v2, Diving-48).
        ratio: Hidden width over D.
    """

    inside_block = True

    def __init__(
        self,
        width: int,
        index: int,
        depth: int,
        scale: float = 0.5,
        drop_path: float = 0.2,
        num_temporal: int = 1,
        ratio: float = 0.25,
    ) -> None:
        super().__init__()
        self.scale = scale
        self.temporal_in = (
            Bottleneck(width, ratio) if num_temporal == 2 else None
        )
        self.temporal = Bottleneck(width, ratio)
        self.spatial = Bottleneck(width, ratio)
        self.joint = Bottleneck(width, ratio)
        self.drop_path = DropPath(drop_path * index / max(1, depth - 1))

    def forward(
        self,
        tokens: Tensor,
        layer: Layer,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to (B, T, Q, D) after the adapted block."""
        over_time = layer.tokenwise()
        normed = over_time.ln_1(tokens.transpose(1, 2))
        if self.temporal_in is not None:
            normed = normed + self.temporal_in(normed)
        temporal = over_time.attend_normed(normed).transpose(1, 2)
        temporal = self.temporal(temporal)
        tokens = tokens + self._drop(temporal)
        spatial = layer.attend(tokens, context, queries)
        tokens = take(tokens, queries) + spatial + self.spatial(spatial)
        tokens = layer.at('between', tokens)
        normed = layer.ln_2(tokens)
        joint = self.scale * self.joint(normed)
        return tokens + layer.mlp(normed) + self._drop_frames(joint)

    def _drop(self, branch: Tensor) -> Tensor:
        """Drop whole places of a clip, which are AIM's batch over time."""
        # (B, T, L, D) -> (B * L, T, D) and back
        flat = self.drop_path(branch.transpose(1, 2).flatten(0, 1))
        return flat.unflatten(0, (branch.size(0), -1)).transpose(1, 2)

    def _drop_frames(self, branch: Tensor) -> Tensor:
        """Drop whole frames, which are AIM's batch over places."""
        flat = self.drop_path(branch.flatten(0, 1))
        return flat.unflatten(0, branch.shape[:2])
