"""The pretrained CLIP as one end of a mix."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from vlprompt.models.clip.names import is_clip
from vlprompt.models.trainable_state import fingerprint


def clip_end(model: nn.Module) -> dict[str, Tensor]:
    """Copies of the weights of CLIP that a model is about to learn.

    Of a model that has just been made they are those of pretrained CLIP
    (or of ``clip.finetuned``).  What is frozen needs no mixing, and new
    modules have no counterpart in CLIP.

    Args:
        model: A recognizer that has neither loaded nor learned anything.
    """
    return {
        name: parameter.detach().to('cpu', copy=True)
        for name, parameter in model.named_parameters()
        if parameter.requires_grad and is_clip(name)
    }


def clip_facts(
    clip: Mapping[str, Any], end: Mapping[str, Tensor]
) -> dict[str, Any]:
    """What a recipe says of it.

    Args:
        clip: ``model.clip`` of the config.
        end: What was mixed.
    """
    arch = clip.get('arch')
    start = clip.get('finetuned') or clip.get('pretrained')
    return dict(
        arch=arch if isinstance(arch, str) else 'as the config says',
        pretrained=Path(start).name if start else None,
        fingerprint=bytes(fingerprint(dict(end)).tolist()).hex(),
        tensors=len(end),
    )
