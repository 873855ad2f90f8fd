"""Tensors of all processes, with exact gradients."""

import torch
from mmengine.dist import all_gather, all_reduce, get_rank, get_world_size
from torch import Tensor


def gather(own: Tensor) -> Tensor:
    """(S, ...) of each of W processes to (W * S, ...) of all.

    The gradient of a process's part is the sum of what all processes' losses
    ask of it, so that averaging the gradients of parameters over the
    processes, as ``DistributedDataParallel`` does, gives the gradient of the
    mean loss.  S must be the same everywhere.
    """
    return own if get_world_size() == 1 else _Gather.apply(own)


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx, own: Tensor) -> Tensor:
        ctx.share = len(own)
        return torch.cat(all_gather(own.contiguous()))

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        grad = grad.contiguous()
        all_reduce(grad)
        return grad.unflatten(0, (-1, ctx.share))[get_rank()]
