"""Vision towers of open_clip, seen alike whoever has built their blocks."""

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

from open_clip.timm_model import TimmModel
from torch import Tensor, nn

from vlprompt.errors import UserError

from .layer import Queries
from .open_clip_trunk import OpenClipTrunk
from .timm_trunk import TimmTrunk


class VisionTrunk(Protocol):
    """A vision tower as a function of tokens; a thin view that owns nothing.

    Attributes:
        blocks: What :class:`Layer` runs, with open_clip's names.
        rotation: Turns queries and keys, if the tower has it done; see
            :class:`Rotation`.
        queries: The tokens of the last layer that frames are made of; None
            if that is all.
        has_class_token: Whether the first token is of no patch.
        width: D.
        heads: Attention heads.
        grid_size: Patches in the height and in the width of an image.
        image_size: Pixels in the same.
    """

    blocks: Sequence[Any]
    rotation: Any
    queries: Queries | None
    has_class_token: bool
    width: int
    heads: int
    grid_size: tuple[int, int]
    image_size: tuple[int, int]

    def out_dim(self, project: bool) -> int:
        """Width of the frames, in the joint space or before it."""

    def patches(self, images: Tensor) -> Tensor:
        """(B, 3, H, W) images to (B, N, D) tokens with their positions."""

    def normalize(self, tokens: Tensor) -> Tensor:
        """(..., D) tokens or prompts as the first layer takes them."""

    def pool(self, tokens: Tensor, project: bool) -> Tensor:
        """(B, N, D) tokens of the last layer to (B, E) frames."""


def trunk_of(visual: nn.Module) -> VisionTrunk:
    """The view of a vision tower of open_clip."""
    if isinstance(visual, TimmModel):
        return TimmTrunk(visual)
    return OpenClipTrunk(visual)


def check_class_token(trunk: VisionTrunk, parts: Iterable[nn.Module]) -> None:
    """Raise a UserError if parts read a class token that is not there.

    Args:
        trunk: Of the vision tower.
        parts: What is put into the model; those that read the class token
            say so by ``needs_class_token = True``.
    """
    for part in parts:
        needed = getattr(part, 'needs_class_token', False)
        if needed and not trunk.has_class_token:
            raise UserError(
                f'{type(part).__name__} needs the class token, which the '
                'vision tower of this CLIP does not have'
            )
