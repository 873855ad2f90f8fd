from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures
from .similarity_head import SimilarityHead, no_autocast


@MODELS.register_module()
class FrameClassificationHead(SimilarityHead):
    """ViFi-CLIP's image fusion: in training every frame is a labelled image.

    In evaluation the logits of the frames are averaged, as with
    ``SimilarityHead(fusion='decision')`` (section 4.3).  Needs an
    ``IdentityPooler``.

    Args:
        kwargs: Of :class:`SimilarityHead`, without ``fusion``.
    """

    def __init__(self, **kwargs) -> None:
        super().__init__(fusion='decision', **kwargs)

    def loss(
        self, feats: VideoTextFeatures, data_samples: list, **kwargs
    ) -> dict[str, Tensor]:
        """The losses of the B * T frames of a batch, and regularizers.

        Raises:
            UserError: If clips have padding, which has no label.
        """
        if feats.mask is not None:
            raise UserError(
                'FrameClassificationHead with clips that have padding'
            )
        samples = self._restrict(feats, data_samples)
        with no_autocast(feats):
            # (B, T, C)
            logits = self._over_templates(self.similarities(feats), feats)
        samples = [s for s in samples for _ in range(logits.size(1))]
        losses = self.loss_by_feat(logits.flatten(0, 1), samples)
        return {**losses, **self._regularize(feats)}
