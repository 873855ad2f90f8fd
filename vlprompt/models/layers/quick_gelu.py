from typing import Any

import torch
from open_clip.transformer import QuickGELU as PlainQuickGELU
from torch import Tensor, nn


class QuickGELU(nn.Module):
    """CLIP's activation, x * sigmoid(1.702 x), which keeps its input alone.

    The same numbers as open_clip's, which keeps the sigmoid for the backward
    pass as well: half the memory of the widest activations of a tower.
    """

    def forward(self, x: Tensor) -> Tensor:
        """Any shape to the same."""
        return _QuickGELU.apply(x)


class _QuickGELU(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * torch.sigmoid(1.702 * x)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        if torch.is_grad_enabled():  # the result will be differentiated
            gate = torch.sigmoid(1.702 * x)
            return grad * gate * (1 + 1.702 * x * (1 - gate))
        # It is SiLU of 1.702 x, over 1.702: one kernel instead of eight.
        return torch.ops.aten.silu_backward(grad, 1.702 * x)


def replace_quick_gelu(model: nn.Module) -> None:
    """Replace every QuickGELU of open_clip by this one."""
    for module in model.modules():
        for name, child in module.named_children():
            if isinstance(child, PlainQuickGELU):
                setattr(module, name, QuickGELU())
