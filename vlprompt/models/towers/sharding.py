"""Class texts divided among the processes of distributed training."""

from collections.abc import Callable

import torch
from mmengine.dist import all_gather, all_reduce, get_rank, get_world_size
from torch import Tensor

from ..features import Prompts, TokenizedTexts


def encode_sharded(
    encode: Callable[[TokenizedTexts, Prompts | None], Tensor],
    texts: TokenizedTexts,
    prompts: Prompts | None,
) -> Tensor:
    """C texts to (C, E), each process encoding its share of them.

    Every process must call this at the same time with the same texts.  The
    gradient of a share is the sum of what all processes' losses ask of it,
    so that averaging over the processes, as ``DistributedDataParallel``
    does, gives the gradient of the mean loss.

    Args:
        encode: A text tower.
        texts: The C texts.
        prompts: For each layer (K, D) or (C, K, D), or None.
    """
    world = get_world_size()
    if world == 1:
        return encode(texts, prompts)
    num = len(texts.ids)
    share = -(-num // world)
    index = torch.arange(share, device=texts.ids.device) + get_rank() * share
    index = index.clamp(max=num - 1)  # the last shares may be short
    if prompts is not None:
        prompts = [
            p[index] if p is not None and p.dim() == 3 else p for p in prompts
        ]
    own = encode(texts.pick(index), prompts)
    return _Gather.apply(own)[:num]


class _Gather(torch.autograd.Function):
    """(S, E) of each process to (W * S, E) of all, with exact gradients."""

    @staticmethod
    def forward(ctx, own: Tensor) -> Tensor:
        ctx.share = len(own)
        return torch.cat(all_gather(own.contiguous()))

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        grad = grad.contiguous()
        all_reduce(grad)
        return grad.unflatten(0, (-1, ctx.share))[get_rank()]
