"""A fine-tuned CLIP as the frozen CLIP of a second stage."""

from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.weights import load_weights_file, split_place
from vlprompt.weights.names import FINGERPRINT

from ..trainable_state import fingerprint
from .names import to_open_clip, to_recognizer
from .positions import NAME

HINT = (
    'train the first stage, or give its place as model.clip.finetuned, or '
    "None to start from CLIP's own"
)


def read_finetuned(
    path: str, clip: Mapping[str, Tensor], resized: Tensor | None
) -> dict[str, Tensor]:
    """What a checkpoint of ours has learned of a CLIP, under its names.

    Args:
        path: The checkpoint; ``FILE::PLACE`` for weights below a key.
        clip: open_clip's state dict of the weights that training started
            from.
        resized: Its position embeddings for the images of this model.

    Raises:
        UserError: If it is missing, holds more than a CLIP, or was trained
            from another.
    """
    learned = _read(path)
    given = learned.pop(FINGERPRINT, None)
    if given is None:
        raise UserError(f'{path} has no {FINGERPRINT}: not one of ours')
    params = {to_recognizer(name): p for name, p in clip.items()}
    others = [name for name in learned if name not in params]
    if others:
        raise UserError(
            f'{path} holds more than a fine-tuned CLIP: {others[0]} and '
            f'{len(others) - 1} others'
        )
    frozen = {n: p for n, p in params.items() if n not in learned and p.dim()}
    positions = to_recognizer(NAME)
    expected = [fingerprint(frozen)]
    if positions in frozen:
        expected.append(fingerprint({**frozen, positions: resized}))
    if not any(torch.equal(given.cpu(), digest) for digest in expected):
        raise UserError(
            f'{path} was trained from another CLIP: check clip=dict(arch=..., '
            'pretrained=...)'
        )
    for name, tensor in learned.items():
        if params[name].shape != tensor.shape and name != positions:
            raise UserError(
                f'{name} is {tuple(tensor.shape)} in {path}, this CLIP has '
                f'{tuple(params[name].shape)}'
            )
    return {to_open_clip(name): t for name, t in learned.items()}


def check_there(path: str) -> None:
    """Raise a UserError if there is no checkpoint."""
    file, _ = split_place(path)
    place = Path(file).expanduser()
    if not place.exists() and not place.is_symlink():
        part = place.with_name(f'{place.name}.part')
        if not part.exists():
            raise UserError(f'no checkpoint at {file} (finetuned): {HINT}')


def _read(path: str) -> dict[str, Tensor]:
    return dict(load_weights_file(path, anchors=[FINGERPRINT]).tensors)
