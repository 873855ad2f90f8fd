"""Position embeddings of images of another size."""

from collections.abc import Sequence
from types import SimpleNamespace

from open_clip.model import resize_pos_embed
from torch import Tensor, nn

from vlprompt.errors import UserError

from .arch import side_of

RESIZES = ('bicubic', 'bilinear')
NAME = 'visual.positional_embedding'


def check_resize(resize: str | None) -> None:
    """Raise a UserError if there is no such way to resize."""
    if resize not in (None, *RESIZES):
        raise UserError(
            f'resize_positions={resize!r}, expected one of {list(RESIZES)} '
            'or None'
        )


def check_resizable(visual: nn.Module, resize: str | None) -> None:
    """Raise a UserError if a tower's positions are to be resized in vain."""
    if resize is not None and not hasattr(visual, 'positional_embedding'):
        raise UserError(
            f'resize_positions={resize!r}: the positions of this vision '
            'tower, of timm, are not resized; leave it out'
        )


def check_positions(
    positions: Tensor, grid: Sequence[int], path: str, resize: str | None
) -> None:
    """Refuse position embeddings of another grid that are not resized.

    Args:
        positions: (1 + patches, D), of a file.
        grid: Patches in the height and in the width of this model's images.
        path: The file, for errors.
        resize: How they are to be resized, if they are.

    Raises:
        UserError: Unless they are resized and of square images.
    """
    height, width = grid
    try:
        side = side_of(positions)
    except UserError as error:
        raise UserError(
            f'{path}: {error}; this model has {height} x {width}'
        ) from error
    if resize is None:
        raise UserError(
            f'{path} has position embeddings of {side} x {side} patches, '
            f'this model has {height} x {width} (another image size): '
            "clip=dict(resize_positions='bicubic') resizes them"
        )


def resize_positions(
    positions: Tensor, grid: Sequence[int], resize: str
) -> Tensor:
    """(1 + patches, D) to the same for another grid, as open_clip does."""
    state = {NAME: positions}
    model = SimpleNamespace(visual=SimpleNamespace(grid_size=tuple(grid)))
    resize_pos_embed(state, model, interpolation=resize)
    return state[NAME]


def checked_resize(
    positions: Tensor, grid: Sequence[int], resize: str | None
) -> Tensor:
    """The positions of a checkpoint for another grid.

    Raises:
        UserError: Unless they are to be resized and of square images.
    """
    check_positions(positions, grid, 'the checkpoint', resize)
    return resize_positions(positions, grid, resize)
