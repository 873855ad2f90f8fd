"""Texts that depend on the video they are compared with."""

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from ..features import TokenizedTexts, VisualFeatures
from ..text_ends import finish_texts


def condition(
    model: nn.Module,
    encoded: Tensor,
    tokens: TokenizedTexts,
    visual: VisualFeatures,
) -> Tensor:
    """Texts to (C, E), or to the (B, C, E) that a conditioner makes of them.

    It changes what the text tower gives, or makes the prompts of its last
    layer.

    Args:
        model: The recognizer.
        encoded: What its text bank gives.
        tokens: The same texts.
        visual: Of B videos.

    Raises:
        UserError: If the conditioner reads what no vision layer has carried.
    """
    part, encoder = model.conditioner, model.text_encoder
    if not prompts_last_layer(part):
        text = finish_texts(encoder, encoded, tokens)
        return text if part is None else part(text, visual)
    if not visual.carried:
        raise UserError(
            f'{type(part).__name__} reads what a vision layer carries, which '
            'features that were computed before do not have'
        )
    with torch.no_grad():
        context = model.backbone.embed_tokens(visual.carried[part.layer])
    prompts = part(encoded, tokens, context)
    return finish_texts(encoder, encoded, tokens, prompts)


def prompts_last_layer(part: nn.Module | None) -> bool:
    """Whether a conditioner makes the prompts of the last text layer."""
    return getattr(part, 'prompts_last_layer', False)
