"""A merged CLIP in a file, and whether open_clip computes what it should."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import open_clip
import torch
from safetensors.torch import save
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.models.clip.arch import activation_of, arch_config
from vlprompt.models.clip.names import to_openai
from vlprompt.models.features import TokenizedTexts, unit
from vlprompt.models.text_ends import finish_texts

from .parity import Clips

SUFFIXES = ('.safetensors', '.pt')
TOLERANCE = 1e-6  # of embeddings of unit length
TEXTS = 64  # that are compared, at most
CAPTIONS = ('a red star spins', 'two dogs run over the grass', 'a man swims')


class TowerParity(NamedTuple):
    """How open_clip's model of a file compares with a model of ours.

    Attributes:
        frames: The largest difference of an embedding of a frame, of unit
            length.
        texts: The same of texts.
        compared_frames: How many there were.
        compared_texts: How many there were.
        clips: What the frames are of, in a few words.
    """

    frames: float
    texts: float
    compared_frames: int
    compared_texts: int
    clips: str

    def line(self) -> str:
        """All of it, for the terminal."""
        return (
            f'max |difference| of {self.compared_frames} frames '
            f'{self.frames:.1e}, of {self.compared_texts} texts '
            f'{self.texts:.1e} ({self.clips})'
        )


def write_clip(
    tensors: Mapping[str, Tensor], path: Path, arch: str | dict
) -> None:
    """Write a CLIP in fp32, for open_clip and for this library.

    Args:
        tensors: Under the names of open_clip's ``CustomTextCLIP``; written
            under those of the class that open_clip makes of the arch.
        path: Where to write to; its suffix says what kind of file.
        arch: Of the CLIP.
    """
    # Some share memory with others, which safetensors does not write.
    name_of = str if _is_custom(arch) else to_openai
    own = {
        name_of(name): tensor.to(torch.float32).clone().contiguous()
        for name, tensor in tensors.items()
    }
    if path.suffix == '.pt':
        torch.save(own, path)
    else:
        path.write_bytes(save(own, {'activation': activation_of(arch)}))


def open_with_open_clip(path: Path, arch: str | dict) -> nn.Module:
    """open_clip's model of a file, read by open_clip.

    Args:
        path: The file.
        arch: open_clip's name of the architecture, or a dict.
    """
    if isinstance(arch, str):
        return open_clip.create_model(arch, pretrained=str(path)).eval()
    kind = open_clip.CustomTextCLIP if _is_custom(arch) else open_clip.CLIP
    model = kind(**arch_config(arch))
    open_clip.load_checkpoint(model, str(path))
    return model.eval()


def _is_custom(arch: str | dict) -> bool:
    known = open_clip.get_model_config(arch) if isinstance(arch, str) else arch
    return bool(known.get('custom_text'))


@torch.no_grad()
def compare_towers(
    model: nn.Module, clip: nn.Module, clips: Clips
) -> TowerParity:
    """Compare both towers of a model with those of open_clip's.

    Args:
        model: A ``VideoTextRecognizer`` in evaluation mode.
        clip: Of :func:`open_with_open_clip`.
        clips: With what frames.

    Raises:
        UserError: If an embedding differs by more than 1e-6.
    """
    frames = max(
        _difference(model.backbone(clip_of[None]).frames[0], theirs)
        for clip_of in clips.frames
        for theirs in [clip.encode_image(clip_of)]
    )
    tokens = _some_texts(model)
    ids = tokens.lengthen(model.text_encoder.text.num_pos).ids
    encoder = model.text_encoder
    ours = finish_texts(encoder, encoder(tokens), tokens)
    texts = _difference(ours, clip.encode_text(ids))
    for kind, largest in (('frames', frames), ('texts', texts)):
        if not largest <= TOLERANCE:
            raise UserError(
                f'not written: embeddings of {kind} differ by {largest:.1e} '
                f'between the merged CLIP and its model, more than '
                f'{TOLERANCE:.0e}'
            )
    number = clips.frames.size(0) * clips.frames.size(1)
    return TowerParity(frames, texts, number, len(ids), clips.source)


def _some_texts(model: nn.Module) -> TokenizedTexts:
    """The first of the class texts; some captions where there are none."""
    if model.class_names is None:
        tokens = model.texts.tokenize(CAPTIONS)
    else:
        tokens = model.text_bank.tokens()
    number = min(TEXTS, len(tokens.ids))
    return TokenizedTexts.from_ids(
        tokens.ids[:number], ends=tokens.ends[:number]
    )


def _difference(ours: Tensor, theirs: Tensor) -> float:
    return (unit(ours) - unit(theirs)).abs().max().item()
