from torch import Tensor, nn

from vlprompt.registry import MODELS

from .sequence_pooler import SequencePooler


@MODELS.register_module()
class Conv1dPooler(SequencePooler):
    """ActionCLIP's Conv_1D: a convolution over time for each channel.

    It starts as a shift: a quarter of the channels from the frame before,
    half of them from the same, a quarter from the next frame.  Any number
    of frames.

    Args:
        embed_dim: Width of the embeddings, E.
        reduce: Config of the pooler that follows.
    """

    def __init__(self, embed_dim: int, reduce: dict | None = None) -> None:
        super().__init__(reduce=reduce)
        self.conv = nn.Conv1d(
            embed_dim, embed_dim, 3, padding=1, groups=embed_dim, bias=False
        )
        nn.init.zeros_(self.conv.weight)
        fold = embed_dim // 4
        self.conv.weight.data[:fold, 0, 0] = 1
        self.conv.weight.data[fold : embed_dim - fold, 0, 1] = 1
        self.conv.weight.data[embed_dim - fold :, 0, 2] = 1

    def aggregate(self, frames: Tensor, mask: Tensor | None) -> Tensor:
        """(B, T, E) frames to (B, T, E)."""
        if mask is not None:
            frames = frames * mask[..., None].to(frames.dtype)
        return self.conv(frames.mT).mT
