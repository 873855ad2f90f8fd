from collections.abc import Callable

from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.registry import MODELS

from ..layers.temporal_bottleneck import TemporalBottleneck
from ..towers.layer import Queries
from .inside_part import InsidePart


@MODELS.register_module()
class PreMLPSTAdapter(InsidePart):
    """ST-Adapter between attention and MLP (its Kinetics-400 model).

    A bottleneck with a convolution over time, for the patch tokens alone.
    Any number of frames.  In the last layer it does nothing, since only the
    class token is read there; its weights are kept for the released files.

    Args:
        width: Width of the tower, D.
        num_patches: Patch tokens of a frame; given by the tower.
        hidden: Width of the convolution.
        taps: How many frames a place sees, an odd number.
    """

    tokenwise = False
    mixes_frames = True
    places = ('between',)
    needs_class_token = True

    def __init__(
        self, width: int, num_patches: int, hidden: int = 384, taps: int = 3
    ) -> None:
        super().__init__()
        self.adapter = TemporalBottleneck(width, hidden, num_patches, taps)

    def place(self, name: str, tokens: Tensor) -> Tensor:
        """(B, T, L, D) tokens after attention, adapted."""
        return self.adapter(tokens)


@MODELS.register_module()
class PreAttentionSTAdapter(BaseModule):
    """ST-Adapter before a layer (one of two in its SSv2 model).

    See :class:`PreMLPSTAdapter`; this one acts in all layers.

    Args:
        width: Width of the tower, D.
        num_patches: Patch tokens of a frame; given by the tower.
        hidden: Width of the convolution.
        taps: How many frames a place sees, an odd number.
    """

    inside_block = False
    needs_class_token = True

    def __init__(
        self, width: int, num_patches: int, hidden: int = 384, taps: int = 3
    ) -> None:
        super().__init__()
        self.adapter = TemporalBottleneck(width, hidden, num_patches, taps)

    def forward(
        self,
        tokens: Tensor,
        layer: Callable,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to what the layer makes of them, adapted."""
        tokens = self.adapter(tokens)
        return layer(tokens, context=context, queries=queries)
