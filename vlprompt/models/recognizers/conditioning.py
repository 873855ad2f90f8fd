"""Texts that depend on the video they are compared with."""

from torch import Tensor, nn

from ..features import TokenizedTexts, VisualFeatures
from ..text_bank import TextBank


def condition(
    part: nn.Module | None,
    bank: TextBank,
    encoded: Tensor,
    tokens: TokenizedTexts,
    visual: VisualFeatures,
) -> Tensor:
    """Texts to (C, E), or to the (B, C, E) that a conditioner makes of them.

    Args:
        part: The conditioner, if there is one.  It changes what the text
            tower gives, or makes the prompts of its last layer.
        bank: Whose texts these are.
        encoded: As the bank gives them.
        tokens: The same texts.
        visual: Of B videos.
    """
    if getattr(part, 'prompts_last_layer', False):
        return bank.finish(encoded, tokens, part(encoded, tokens, visual))
    text = bank.finish(encoded, tokens)
    return text if part is None else part(text, visual)
