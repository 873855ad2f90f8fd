"""Files of CLIP weights, in every format that is in use."""

import pickle
import warnings
import zipfile
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import safe_open
from torch import Tensor, nn

from vlprompt.errors import UserError

from .names import to_open_clip, to_openai

# Buffers of OpenAI's archives, which say nothing the shapes do not say.
OPENAI_BUFFERS = ('input_resolution', 'context_length', 'vocab_size')


class ClipFile(NamedTuple):
    """What a file of CLIP weights holds.

    Attributes:
        state_dict: Tensors under OpenAI's names, in the stored precision.
        activation: ``'quick_gelu'``, ``'gelu'``, or None if the file does
            not tell.
    """

    state_dict: dict[str, Tensor]
    activation: str | None


def read_clip_file(path: str | Path) -> ClipFile:
    """Read CLIP weights without ever running what a file contains.

    Reads OpenAI's TorchScript archives, state dicts of OpenAI's or
    open_clip's layout (plain, below ``state_dict``, with or without the
    ``module.`` of distributed training), and safetensors, whose metadata may
    name the ``activation``.

    Raises:
        UserError: If the file is missing or holds something else.
    """
    path = Path(path)
    if not path.is_file():
        raise UserError(f'no file of CLIP weights at {path}')
    if path.suffix == '.safetensors':
        state_dict, activation = _read_safetensors(path)
    elif _is_torchscript(path):
        with warnings.catch_warnings():
            # torch.jit is deprecated; OpenAI's archives are not going away.
            warnings.simplefilter('ignore')
            archive = torch.jit.load(str(path), map_location='cpu')
        state_dict, activation = archive.state_dict(), None
    else:
        state_dict, activation = _read_pickle(path), None
    state_dict = {k.removeprefix('module.'): v for k, v in state_dict.items()}
    if any(name in state_dict for name in OPENAI_BUFFERS):
        activation = 'quick_gelu'
    state_dict = {
        to_openai(name): tensor
        for name, tensor in state_dict.items()
        if name not in OPENAI_BUFFERS
    }
    return ClipFile(state_dict, activation)


def load_weights(
    model: nn.Module, file: ClipFile, arch: str | dict, path: str
) -> None:
    """Copy weights into open_clip's ``CustomTextCLIP``.

    Args:
        model: The model.
        file: The weights.
        arch: What the model was made from, for errors.
        path: Where the weights come from, for errors.

    Raises:
        UserError: If any are missing, left over or misshapen.
    """
    expected = model.state_dict()
    given = {to_open_clip(k): v for k, v in file.state_dict.items()}
    wrong = [
        k
        for k in expected
        if k in given and expected[k].shape != given[k].shape
    ]
    problems = dict(
        missing=[k for k in expected if k not in given],
        unknown=[k for k in given if k not in expected],
        misshapen=[f'{k} {_shapes(expected[k], given[k])}' for k in wrong],
    )
    found = [
        f'{len(keys)} {kind} ({", ".join(keys[:3])})'
        for kind, keys in problems.items()
        if keys
    ]
    if found:
        name = arch if isinstance(arch, str) else 'the given arch'
        raise UserError(
            f'{path} does not hold weights of {name}: ' + ', '.join(found)
        )
    model.load_state_dict(
        {k: v.to(expected[k].dtype) for k, v in given.items()}
    )


def _shapes(expected: Tensor, given: Tensor) -> str:
    return f'{tuple(given.shape)}, expected {tuple(expected.shape)}'


def _read_safetensors(path: Path) -> tuple[dict[str, Tensor], str | None]:
    with safe_open(path, framework='pt') as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}
        return tensors, (file.metadata() or {}).get('activation')


def _is_torchscript(path: Path) -> bool:
    if not zipfile.is_zipfile(path):
        return False
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
    return any(name.endswith('/constants.pkl') for name in names)


def _read_pickle(path: Path) -> dict[str, Tensor]:
    try:
        content = torch.load(path, map_location='cpu', weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError) as error:
        raise UserError(
            f'{path} cannot be read without running what it contains; save '
            'its state dict alone, best as .safetensors'
        ) from error
    content = content.get('state_dict', content)
    if not all(torch.is_tensor(value) for value in content.values()):
        raise UserError(f'{path} holds more than tensors: no CLIP weights')
    return content
