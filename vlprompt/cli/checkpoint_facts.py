"""What a checkpoint says of itself."""

from typing import Any

from vlprompt.apis.checkpoints import read_checkpoint
from vlprompt.averaging.recipe import recipe_line
from vlprompt.weights import load_weights_file
from vlprompt.weights.names import FINGERPRINT

DIGITS = 12  # of a hash


def facts_of_checkpoint(path: str) -> dict[str, Any]:
    """What was learned, on what, and how it was averaged.

    Raises:
        UserError: If the file is damaged or has no weights.
    """
    found = read_checkpoint(path)
    tensors = load_weights_file(path, anchors=[FINGERPRINT]).tensors
    clip = tensors.pop(FINGERPRINT, None)
    return dict(
        checkpoint=path,
        numbers=sum(tensor.numel() for tensor in tensors.values()),
        tensors=len(tensors),
        frozen_clip=clip is not None and bytes(clip.tolist()).hex() or None,
        epoch=found.epoch,
        seed=found.seed,
        classes=found.classes and list(found.classes),
        averaged=found.recipe and recipe_line(found.recipe),
        recipe=found.recipe and _readable(found.recipe),
    )


def _readable(recipe: dict[str, Any]) -> dict[str, Any]:
    sources = {
        source['name']: f'{source["weight"]:.5g}{_digest(source)}'
        for source in recipe['sources']
    }
    return {**recipe, 'sources': sources}


def _digest(source: dict[str, Any]) -> str:
    digest, inner = source.get('sha256'), source.get('recipe')
    about = f' (SHA-256 {digest[:DIGITS]})' if digest else ''
    return f'{about}: {recipe_line(inner)}' if inner else about
