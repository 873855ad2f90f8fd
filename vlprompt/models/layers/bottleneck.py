from torch import Tensor, nn


class Bottleneck(nn.Module):
    """Down, GELU, up; starts as the zero map.

    Args:
        width: D.
        ratio: Hidden width over D.
        std: Standard deviation that the first map starts with, without a
            bias; None for PyTorch's own start.
    """

    def __init__(
        self, width: int, ratio: float = 0.25, std: float | None = 0.02
    ) -> None:
        super().__init__()
        self.fc1 = nn.Linear(width, int(width * ratio))
        self.act = nn.GELU()
        self.fc2 = nn.Linear(int(width * ratio), width)
        if std is not None:
            nn.init.trunc_normal_(self.fc1.weight, std=std)
            nn.init.zeros_(self.fc1.bias)
        nn.init.zeros_(self.fc2.weight)
        nn.init.zeros_(self.fc2.bias)

    def forward(self, x: Tensor) -> Tensor:
        """(..., D) to (..., D)."""
        return self.fc2(self.act(self.fc1(x)))
