from torch import Tensor

from vlprompt.registry import MODELS

from ..features import LayerPrompts, VisualFeatures
from .vision_tower import CLIPVisionTower


@MODELS.register_module()
class StoredFramesTower(CLIPVisionTower):
    """A frozen vision tower that also takes what it gave before.

    With embeddings of frames in the place of frames (see
    :class:`vlprompt.datasets.FeatureStore`) it has nothing to do; with pixels
    it is a :class:`CLIPVisionTower`, and its weights have the same names.
    """

    def forward(
        self, frames: Tensor, prompts: LayerPrompts | None = None
    ) -> VisualFeatures:
        """(B, T, 3, H, W) frames or (B, T, E, 1, 1) embeddings to features.

        Of embeddings there are no tokens.

        Args:
            frames: Normalised pixels, or embeddings.
            prompts: See :meth:`CLIPVisionTower.forward`.
        """
        if frames.shape[-2:] != (1, 1):
            return super().forward(frames, prompts)
        dtype = next(self.visual.parameters()).dtype
        embeddings = frames.flatten(2).to(dtype)
        width = self.trunk.width
        tokens = embeddings.new_empty(*embeddings.shape[:2], 0, width)
        return VisualFeatures(embeddings, tokens)
