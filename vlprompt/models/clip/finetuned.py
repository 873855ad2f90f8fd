"""A fine-tuned CLIP as the frozen CLIP of a second stage."""

import pickle
from pathlib import Path

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError

from ..trainable_state import FINGERPRINT, fingerprint
from .names import to_recognizer


def load_finetuned(model: nn.Module, path: str) -> None:
    """Put what a checkpoint of ours has learnt of a CLIP into that CLIP.

    Args:
        model: open_clip's ``CustomTextCLIP`` with the weights that training
            started from.
        path: The checkpoint.

    Raises:
        UserError: If it is missing, holds more than a CLIP, or was trained
            from another.
    """
    learned = _read(path)
    given = learned.pop(FINGERPRINT, None)
    if given is None:
        raise UserError(f'{path} has no {FINGERPRINT}: not one of ours')
    params = {to_recognizer(name): p for name, p in model.state_dict().items()}
    others = [name for name in learned if name not in params]
    if others:
        raise UserError(
            f'{path} holds more than a fine-tuned CLIP: {others[0]} and '
            f'{len(others) - 1} others'
        )
    frozen = {n: p for n, p in params.items() if n not in learned and p.dim()}
    if not torch.equal(fingerprint(frozen), given.cpu()):
        raise UserError(
            f'{path} was trained from another CLIP: check clip=dict(arch=..., '
            'pretrained=...)'
        )
    for name, tensor in learned.items():
        if params[name].shape != tensor.shape:
            raise UserError(
                f'{name} is {tuple(tensor.shape)} in {path}, this CLIP has '
                f'{tuple(params[name].shape)}'
            )
        params[name].copy_(tensor)


def _read(path: str) -> dict[str, Tensor]:
    if not Path(path).is_file():
        raise UserError(
            f'no checkpoint at {path}: train the first stage, or give its '
            "place as model.clip.finetuned, or None to start from CLIP's own"
        )
    try:
        content = torch.load(path, map_location='cpu', weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise UserError(f'{path} is not a checkpoint of ours') from error
    return dict(content.get('state_dict', content))
