"""Work divided among the processes of distributed training, exactly."""

from collections.abc import Callable

import torch
from mmengine.dist import all_gather, all_reduce, get_rank, get_world_size
from torch import Tensor, nn

from .features import LayerPrompts, TokenizedTexts
from .towers.packing import balance
from .towers.slots import pick_prompts


def gather(local: Tensor) -> Tensor:
    """(S, ...) of each of W processes to (W * S, ...) of all.

    The gradient of a process's part is the sum of what all processes' losses
    ask of it, so that averaging the gradients of parameters over the
    processes, as ``DistributedDataParallel`` does, gives the gradient of the
    mean loss.  S must be the same everywhere.
    """
    return local if get_world_size() == 1 else _Gather.apply(local)


def gather_padded(local: Tensor | None) -> Tensor | None:
    """:func:`gather` of (S, L, ...) with another L in each process.

    What is short is padded at its end, with zeros.  None stays None.
    """
    if local is None or get_world_size() == 1:
        return local
    longest = torch.tensor(local.size(1), device=local.device)
    all_reduce(longest, op='max')
    missing = int(longest) - local.size(1)
    # pad counts dimensions from the last one
    sides = [0, 0] * (local.dim() - 2) + [0, missing]
    return gather(nn.functional.pad(local, sides))


class _Gather(torch.autograd.Function):
    @staticmethod
    def forward(ctx, local: Tensor) -> Tensor:
        ctx.share = len(local)
        return torch.cat(all_gather(local.contiguous()))

    @staticmethod
    def backward(ctx, grad: Tensor) -> Tensor:
        grad = grad.contiguous()
        all_reduce(grad)
        return grad.unflatten(0, (-1, ctx.share))[get_rank()]


def encode_sharded(
    encode: Callable[[TokenizedTexts, LayerPrompts | None], Tensor],
    tokens: TokenizedTexts,
    prompts: LayerPrompts | None,
) -> Tensor:
    """C texts to (C, ...), each process encoding its share of the tokens.

    Every process must call this at the same time with the same texts;
    gradients are exact, see :func:`gather`.

    Args:
        encode: A text tower.
        tokens: The C texts.
        prompts: For each layer (K, D) or (C, K, D), or None.
    """
    world = get_world_size()
    if world == 1:
        return encode(tokens, prompts)
    lengths = tokens.share_before(prompts or ()).remainders()
    shares = balance(lengths, world)
    longest_share = max(map(len, shares))
    # With fewer texts than processes, idle ranks encode a dummy text.
    index = torch.tensor(shares[get_rank()] or [0])
    local = encode(tokens.pick(index), pick_prompts(prompts, index))
    # (S, ...) of each process -> (W * S, ...), back to the order of classes
    lacking = local.new_zeros(longest_share - len(local), *local.shape[1:])
    features = gather(torch.cat([local, lacking]))
    places = torch.empty(len(lengths), dtype=torch.long)
    for rank, share in enumerate(shares):
        places[share] = torch.arange(len(share)) + rank * longest_share
    return features[places.to(features.device)]
