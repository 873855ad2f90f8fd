from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VisualFeatures
from ..layers.temporal import masked_mean


@MODELS.register_module()
class MeanThenNormPooler(BaseModule):
    """ST-Adapter: CLIP's last norm of the mean class token of the frames.

    Other methods take the mean of what the norm has made of each frame.  The
    video is as wide as the tower: CLIP's projection is not used.

    Args:
        visual: open_clip's ``VisionTransformer``, whose norm it is; given by
            the recognizer, which owns it.
        width: Width of the tower, D; given by the recognizer.
        embed_dim: Width of what the head reads; given by the recognizer.

    Raises:
        UserError: If the tower projects its frames to another width, or
            has no such norm.
    """

    keeps_frames = False
    needs_class_token = True

    def __init__(self, visual: nn.Module, width: int, embed_dim: int) -> None:
        super().__init__()
        if embed_dim != width:
            raise UserError(
                f'MeanThenNormPooler gives videos of width {width}, frames '
                f'have {embed_dim}: the backbone needs project=False'
            )
        if not hasattr(visual, 'ln_post'):
            raise UserError(
                'MeanThenNormPooler takes the last norm of a vision tower '
                'that open_clip builds, not of one that timm does'
            )
        # In a tuple, so that the norm stays a part of the tower alone.
        self._norm = (visual.ln_post,)

    def forward(self, features: VisualFeatures) -> Tensor:
        """(B, T, N, D) tokens of frames to (B, D) video.

        Raises:
            UserError: If there are no tokens, as of stored embeddings.
        """
        if not features.tokens.size(2):
            raise UserError(
                'MeanThenNormPooler reads the class tokens of a tower, which '
                'stored embeddings of frames are without'
            )
        (norm,) = self._norm
        return norm(masked_mean(features.tokens[:, :, 0], features.mask))
