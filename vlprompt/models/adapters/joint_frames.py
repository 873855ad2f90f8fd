import copy

import torch
from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..towers.layer import Layer, Queries


@MODELS.register_module()
class JointFrames(BaseModule):
    """BDC-CLIP: all tokens of a clip attend to each other.

    The layer sees the tokens of all frames as those of one, and the contexts
    of all frames likewise; one that the frames have in common is there once.
    Published for the layers 3, 7 and 11 of 12 (``layers=[3, 7, 11]``).  Any
    number of frames, no parameters; a clip of one frame is encoded as by
    CLIP.  The scores of a layer cost T times as much.  It has to be the last
    in the list of adapters: what it calls knows no frames any more.
    """

    inside_block = True

    def forward(
        self,
        tokens: Tensor,
        layer: Layer,
        context: Tensor | None = None,
        queries: Queries | None = None,
    ) -> Tensor:
        """(B, T, L, D) tokens to (B, T, Q, D), a sequence for each clip.

        Raises:
            UserError: If a part inside the layer needs the frames apart.
        """
        _check_inside(layer)
        batch, frames, length, _ = tokens.shape
        if frames == 1:
            return layer(tokens, context=context, queries=queries)
        if context is not None and context.dim() == 4:
            # (B, T, K, D) -> (B, 1, T * K, D)
            context = context.flatten(1, 2)[:, None]
        if queries is not None:
            places = torch.arange(frames * length, device=tokens.device)
            places = places.unflatten(0, (frames, length))[:, queries]
            queries = places.flatten().expand(batch, -1)
        # (B, T, L, D) -> (B, 1, T * L, D)
        joint = tokens.flatten(1, 2)[:, None]
        if layer.rotation is not None:
            layer = copy.copy(layer)
            layer.rotation = layer.rotation.of_clip(frames, length)
        out = layer(joint, context=context, queries=queries)
        return out.squeeze(1).unflatten(1, (frames, -1))


def _check_inside(layer: Layer) -> None:
    for part in layer.inside:
        if not part.tokenwise:
            raise UserError(
                f'{type(part).__name__} needs the frames of a layer apart, '
                'which JointFrames makes one sequence: give the two '
                'different layers=[...]'
            )
