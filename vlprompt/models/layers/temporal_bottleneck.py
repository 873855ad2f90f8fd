import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vlprompt.errors import UserError


class DepthwiseTimeConv(nn.Module):
    """A depth-wise convolution over time alone, zeros beyond the ends.

    Its parameters are those of a ``Conv3d`` with a kernel of (taps, 1, 1);
    it is computed as a weighted sum of shifted clips, for which no library
    has a faster kernel.  Starts as zero.

    Args:
        width: Channels, H.
        taps: How many frames a place sees, an odd number.
    """

    def __init__(self, width: int, taps: int = 3) -> None:
        super().__init__()
        if taps % 2 == 0:
            raise UserError(f'taps={taps!r}, expected an odd number')
        self.weight = nn.Parameter(torch.zeros(width, 1, taps, 1, 1))
        self.bias = nn.Parameter(torch.zeros(width))

    def forward(self, x: Tensor) -> Tensor:
        """(B, T, L, H) to (B, T, L, H)."""
        weight = self.weight.flatten(1).to(x.dtype)
        num, reach = x.size(1), weight.size(1) // 2
        padded = F.pad(x, (0, 0, 0, 0, reach, reach))
        out = self.bias.to(x.dtype)
        for k, tap in enumerate(weight.unbind(1)):
            out = torch.addcmul(out, padded[:, k : k + num], tap)
        return out


class TemporalBottleneck(nn.Module):
    """ST-Adapter: down, a convolution over time, up; patch tokens only.

    Starts as the identity.

    Args:
        width: D.
        hidden: Width of the convolution.
        num_patches: Patch tokens of a frame, which follow its class token.
        taps: How many frames a place sees, an odd number.
    """

    def __init__(
        self, width: int, hidden: int, num_patches: int, taps: int = 3
    ) -> None:
        super().__init__()
        self.num_patches = num_patches
        self.fc1 = nn.Linear(width, hidden)
        self.conv = DepthwiseTimeConv(hidden, taps)
        self.fc2 = nn.Linear(hidden, width)
        nn.init.zeros_(self.fc1.bias)
        nn.init.zeros_(self.fc2.bias)

    def forward(self, tokens: Tensor) -> Tensor:
        """(B, T, L, D) to (B, T, L, D); class tokens alone stay as they are.

        Where the tower computes the class token alone, nothing is to be
        adapted.  The weights then get zeros for a gradient, as in the
        released code, and not none, which data parallelism would refuse.
        """
        if tokens.size(2) == 1:
            return tokens + self._zero().to(tokens.dtype)
        places = (1, self.num_patches, tokens.size(2) - 1 - self.num_patches)
        cls, patches, others = tokens.split(places, dim=2)
        adapted = self.fc2(self.conv(self.fc1(patches)))
        return torch.cat([cls, patches + adapted, others], dim=2)

    def _zero(self) -> Tensor:
        """A zero that depends on all weights, whatever they are."""
        return sum(p.flatten()[:0].sum() for p in self.parameters())
