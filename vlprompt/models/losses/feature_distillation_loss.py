from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import VideoTextFeatures, unit
from ..heads.similarity_head import no_autocast
from .with_teacher import frame_average, teacher_of

TOWERS = ('visual', 'text')


@MODELS.register_module()
class FeatureDistillationLoss(BaseModule):
    """FROSTER: keeps features near those of the frozen CLIP, through a map.

    ``1 - mean cosine`` between the teacher's features and ``f + residual
    P(f)`` of the unit features ``f``, over the frames of the clips and over
    the texts.  The residual projectors P, which start at zero, let features
    change where the task asks for it; they are of the loss alone, and no
    part of what the model predicts.

    Args:
        embed_dim: Width of the features, E; given by the head.
        loss_weight: Factor.
        residual: Factor of the projectors.
        towers: Whose features are compared, ``'visual'`` and ``'text'``;
            those of a frozen tower without prompts need no comparison.
    """

    needs_teacher = True

    def __init__(
        self,
        embed_dim: int,
        loss_weight: float = 2.0,
        residual: float = 0.1,
        towers: Sequence[str] = TOWERS,
    ) -> None:
        super().__init__()
        if not towers or not {*towers} <= {*TOWERS}:
            raise UserError(
                f'towers={towers!r}, expected some of {", ".join(TOWERS)}'
            )
        self.loss_weight = loss_weight
        self.residual = residual
        self.projectors = nn.ModuleDict(
            {tower: _projector(embed_dim) for tower in towers}
        )

    def forward(self, features: VideoTextFeatures) -> Tensor:
        """(B, T, E) frames, (C, E) texts and the teacher's to a scalar."""
        teacher_of(self, features)  # which checks
        pairs = dict(
            visual=(features.frames, features.teacher.video, features.mask),
            text=(features.text, features.teacher.text, None),
        )
        with no_autocast(features):
            distances = [
                self._distance(projector, *pairs[tower])
                for tower, projector in self.projectors.items()
            ]
        return self.loss_weight * sum(distances)

    def _distance(
        self,
        projector: nn.Sequential,
        student: Tensor,
        teacher: Tensor,
        mask: Tensor | None,
    ) -> Tensor:
        if not projector[0].weight.requires_grad:
            raise UserError(
                'the projectors of FeatureDistillationLoss are not learned: '
                "add 'cls_head.regularizers.*' to model.trainable"
            )
        student = unit(student)
        student = unit(student + self.residual * projector(student))
        return 1 - frame_average((student * unit(teacher)).sum(dim=-1), mask)


def _projector(width: int) -> nn.Sequential:
    """A map whose output is zero in the beginning."""
    projector = nn.Sequential(
        nn.Linear(width, width, bias=False),
        nn.GELU(),
        nn.Linear(width, width, bias=False),
    )
    nn.init.kaiming_normal_(projector[0].weight)
    nn.init.zeros_(projector[2].weight)
    return projector
