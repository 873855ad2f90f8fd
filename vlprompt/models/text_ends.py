"""From what a text tower gives to the embeddings that are compared."""

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from .features import TokenizedTexts
from .token_poolers import split_statistics


def finish_texts(
    encoder: nn.Module,
    encoded: Tensor,
    tokens: TokenizedTexts,
    prompts: Tensor | None = None,
) -> Tensor:
    """What a text tower gives to the (C, E) embeddings of its texts.

    Args:
        encoder: The text tower.
        encoded: (C, E) as they are, statistics perhaps behind them, or (C,
            L, E) of all tokens, of which CLIP reads the last, or (C, 1, L,
            D) before the tower's last layer.
        tokens: The same texts.
        prompts: Of the last layer for each of B videos, (B, C, K, D), C may
            be 1; the result is then (B, C, E).

    Raises:
        UserError: If texts became one before the last layer.
    """
    if encoded.dim() == 2:
        return split_statistics(encoder, encoded)[0]
    if encoded.dim() == 3:
        rows = torch.arange(len(encoded), device=encoded.device)
        return encoded[rows, tokens.ends.to(encoded.device)]
    if len(encoded) != len(tokens.ids):
        raise UserError(
            'stop_before_last=True takes one text of each class: use one '
            "template, or ensemble='probability'"
        )
    return encoder.finish(encoded, tokens, prompts)
