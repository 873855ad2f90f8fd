"""Batches of pixels, or of embeddings of frames."""

from mmaction.models import ActionDataPreprocessor
from mmengine.model import stack_batch
from torch import Tensor

from vlprompt.registry import MODELS


@MODELS.register_module()
class FramesPreprocessor(ActionDataPreprocessor):
    """MMAction2's, which leaves stored embeddings of frames as they are.

    Those have one pixel and E channels, see :class:`LoadFrameFeatures`.
    """

    def preprocess(
        self,
        inputs: list[Tensor],
        data_samples: list,
        training: bool = False,
    ) -> tuple:
        """A list of (V, C, T, H, W) inputs to a normalised batch."""
        if inputs[0].shape[-2:] != (1, 1):
            return super().preprocess(inputs, data_samples, training)
        return stack_batch(inputs), data_samples
