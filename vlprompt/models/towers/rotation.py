import torch
from timm.layers import apply_rot_embed_cat
from torch import Tensor
from torch.nn import functional as F

from .layer import Queries


class Rotation:
    """Rotary position embedding: turns queries and keys by their place.

    Only those of patches: the class token, and prompts after the patches,
    have no place and stay as they are.

    Args:
        table: (P, 2 D / heads) sines, then cosines, of P patches.
        first: The place of the first patch.
        heads: Attention heads.
        half: Whether pairs are a half apart, or beside each other.
    """

    def __init__(
        self, table: Tensor, first: int, heads: int, half: bool = False
    ) -> None:
        self.table = table
        self.first = first
        self.heads = heads
        self.half = half

    def __call__(
        self, x: Tensor, length: int, queries: Queries | None = None
    ) -> Tensor:
        """(B, T, Q, D) queries or keys to the same, turned.

        Args:
            x: Of all L tokens of a frame, or of some of them.
            length: L.
            queries: Which tokens they are of, if not of all.
        """
        table = self._of_all(length)
        if queries is not None:
            table = table[queries]
            if table.dim() == 3:  # (B, Q, ...) -> (B, 1, Q, ...)
                table = table[:, None]
        # timm's first versions with these towers know one layout of pairs.
        layout = dict(half=True) if self.half else {}
        turned = apply_rot_embed_cat(
            x.unflatten(-1, (self.heads, -1)), table.unsqueeze(-2), **layout
        )
        return turned.flatten(-2)

    def of_clip(self, frames: int, length: int) -> 'Rotation':
        """The same for frames of L tokens that are one sequence."""
        table = self._of_all(length).repeat(frames, 1)
        return Rotation(table, 0, self.heads, self.half)

    def _of_all(self, length: int) -> Tensor:
        """(L, 2 D / heads), the identity where there is no patch."""
        sine, cosine = self.table.chunk(2, dim=-1)
        around = (0, 0, self.first, length - self.first - len(self.table))
        return torch.cat(
            [F.pad(sine, around), F.pad(cosine, around, value=1)], dim=-1
        )
