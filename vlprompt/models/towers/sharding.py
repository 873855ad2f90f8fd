"""Class texts divided among the processes of distributed training."""

from collections.abc import Callable

import torch
from mmengine.dist import get_rank, get_world_size
from torch import Tensor

from ..features import Prompts, TokenizedTexts
from ..gather import gather


def encode_sharded(
    encode: Callable[[TokenizedTexts, Prompts | None], Tensor],
    texts: TokenizedTexts,
    prompts: Prompts | None,
) -> Tensor:
    """C texts to (C, E), each process encoding its share of them.

    Every process must call this at the same time with the same texts;
    gradients are exact, see :func:`vlprompt.models.gather.gather`.

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
    return gather(own)[:num]
