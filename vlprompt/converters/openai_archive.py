"""OpenAI's CLIP archives, as safetensors files."""

from pathlib import Path

import torch
from safetensors.torch import save

from vlprompt.errors import UserError
from vlprompt.models.clip.files import ClipFile, read_clip_file
from vlprompt.whole_files import write_bytes

OF_EVERY_CLIP = ('visual.proj', 'token_embedding.weight', 'logit_scale')


def convert_archive(
    source: str,
    target: str,
    activation: str | None = None,
    dtype: torch.dtype | None = torch.float32,
) -> None:
    """Write a file of CLIP weights under OpenAI's names.

    Args:
        source: What OpenAI published (a TorchScript archive in half
            precision), or a state dict of OpenAI's or open_clip's layout.
        target: A ``.safetensors`` file; its metadata has the activation, if
            it is known.
        activation: What the weights were trained with, where the file does
            not say so.
        dtype: What is written; None for what is stored.

    Raises:
        UserError: If the source is no CLIP or says another activation, or
            the target has another suffix.
    """
    if not target.endswith('.safetensors'):
        raise UserError(f'{target}: expected a name in .safetensors')
    file = read_clip_file(source)
    missing = [name for name in OF_EVERY_CLIP if name not in file.state_dict]
    if missing:
        raise UserError(f'{source} is no CLIP: it has no {missing[0]}')
    activation = _activation(source, file, activation)
    tensors = {
        name: tensor.to(dtype or tensor.dtype).contiguous()
        for name, tensor in file.state_dict.items()
    }
    Path(target).parent.mkdir(parents=True, exist_ok=True)
    metadata = {'activation': activation} if activation else {}
    write_bytes(target, save(tensors, metadata))
    print(
        f'{target}: {len(tensors)} tensors, activation '
        f'{activation or "unknown (give --activation if you know it)"}'
    )


def _activation(source: str, file: ClipFile, given: str | None) -> str | None:
    known = file.activation
    if known and given and known != given:
        raise UserError(f'{source} was trained with {known}, not with {given}')
    return known or given
