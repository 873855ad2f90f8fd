from mmaction.models import BaseHead
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures


@MODELS.register_module()
class LinearHead(BaseHead):
    """AIM: dropout and a linear map from the video to the classes; no text.

    Args:
        num_classes: C; the head means nothing to other classes.
        embed_dim: Width of the videos; given by the recognizer.
        dropout: Of the videos.
        std: Standard deviation of the initial weights; None for those that
            PyTorch gives to a linear map.
        kwargs: MMAction2's ``BaseHead``.
    """

    compares_texts = False
    takes_frames = False

    def __init__(
        self,
        num_classes: int,
        embed_dim: int,
        dropout: float = 0.5,
        std: float | None = 0.01,
        **kwargs,
    ) -> None:
        super().__init__(num_classes, embed_dim, **kwargs)
        self.dropout = nn.Dropout(dropout)
        self.fc_cls = nn.Linear(embed_dim, num_classes)
        if std is not None:
            nn.init.normal_(self.fc_cls.weight, std=std)
            nn.init.zeros_(self.fc_cls.bias)

    def set_num_classes(self, num: int) -> None:
        """Refuse a data set of another number of classes."""
        if num != self.num_classes:
            raise UserError(
                f'a data set of {num} classes for a linear head of '
                f'{self.num_classes}: set cls_head.num_classes'
            )

    def forward(self, features: VideoTextFeatures, **kwargs) -> Tensor:
        """(B, E) videos to (B, C) logits, in fp32 at least."""
        logits = self.fc_cls(self.dropout(features.video))
        return logits if logits.dtype.itemsize > 2 else logits.float()
