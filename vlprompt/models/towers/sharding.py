"""Class texts divided among the processes of distributed training."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from mmengine.dist import get_rank, get_world_size
from torch import Tensor

from ..features import Prompts, TokenizedTexts
from ..gather import gather
from .packing import balance


def encode_sharded(
    encode: Callable[[TokenizedTexts, Prompts | None], Tensor],
    texts: TokenizedTexts,
    prompts: Prompts | None,
) -> Tensor:
    """C texts to (C, E), each process encoding its share of the tokens.

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
    lengths = texts.share_before(prompts or ()).remainders()
    shares = balance(lengths, world)
    most = max(map(len, shares))
    # With less texts than processes some encode one that nobody reads.
    index = torch.tensor(shares[get_rank()] or [0])
    if prompts is not None:
        prompts = [
            p[index] if p is not None and p.dim() == 3 else p for p in prompts
        ]
    own = encode(texts.pick(index), prompts)
    # (S, E) of each process -> (W * S, E), and back to the order of classes
    features = gather(F.pad(own, (0, 0, 0, most - len(own))))
    places = torch.empty(len(lengths), dtype=torch.long)
    for rank, share in enumerate(shares):
        places[share] = torch.arange(len(share)) + rank * most
    return features[places.to(features.device)]
