"""Weights of folders: files of tensors that are never run."""

from pathlib import Path

from safetensors import SafetensorError, safe_open
from torch import Tensor

from vlprompt.converters.conversion import convert
from vlprompt.errors import UserError
from vlprompt.models.clip.names import to_open_clip, to_recognizer
from vlprompt.models.trainable_state import FINGERPRINT, fingerprint
from vlprompt.weights import load_weights_file

PICKLE = 'pytorch_model.bin'
# A tensor that only models of this kind have.
MARKS = {
    'huggingface-xclip': 'prompts_generator.alpha',
    'huggingface': 'visual_projection.weight',
}


def is_of_a_folder(path: str | Path) -> bool:
    """Whether a file is one that :func:`read_weights` reads, by its name."""
    path = Path(path)
    return path.suffix == '.safetensors' or path.name == PICKLE


def read_weights(path: str | Path) -> dict[str, Tensor]:
    """The state of a recognizer from a file of a folder.

    Args:
        path: ``model.safetensors`` as ``vlprompt models push`` or
            transformers writes it, or transformers' ``pytorch_model.bin``,
            of which nothing but tensors is made.

    Returns:
        Tensors by the names that the recognizer has for them; a file of
        transformers gives all, with nothing left that is frozen.

    Raises:
        UserError: If the file is damaged, or of another kind.
    """
    path = Path(path)
    tensors = load_weights_file(path, 'file of weights').tensors
    for kind, mark in MARKS.items():
        if mark in tensors:
            return _converted(kind, tensors)
    if path.suffix == '.safetensors' and FINGERPRINT in tensors:
        return tensors
    raise UserError(
        f'{path} holds no weights that are known: neither what `vlprompt '
        'models push` writes nor a CLIPModel or XCLIPModel of transformers'
    )


def fingerprint_in(path: Path) -> str | None:
    """The fingerprint of the CLIP that weights belong to, if they say so."""
    try:
        with safe_open(path, framework='pt') as file:
            if FINGERPRINT not in file.keys():  # noqa: SIM118
                return None
            return bytes(file.get_tensor(FINGERPRINT).tolist()).hex()
    except SafetensorError as error:
        raise _damaged(path, error) from error


def _converted(kind: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    conversion = convert(kind, tensors)
    clip = {
        to_recognizer(to_open_clip(name)): tensor
        for name, tensor in conversion.clip.items()
    }
    return {**clip, **conversion.parts, FINGERPRINT: fingerprint({})}


def _damaged(path: Path, error: Exception) -> UserError:
    return UserError(f'{path} is damaged or no safetensors file ({error})')
