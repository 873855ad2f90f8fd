"""From a published checkpoint to our model, and back to plain CLIP."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from safetensors.torch import save
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.models.clip.arch import check_whole, infer_arch
from vlprompt.models.clip.files import read_clip_file
from vlprompt.weights import (
    check_finite,
    read_file,
    split_place,
    tensors_in,
    weights_in,
)
from vlprompt.whole_files import write_bytes

from . import methods
from .key_mapper import KeyMapper, KeyMove

# For each kind, who sorts its weights, and a name that all of them have.
KINDS: dict[str, tuple[Callable[[KeyMapper], dict], str]] = {
    'huggingface': (methods.huggingface, 'visual_projection.weight'),
    'huggingface-xclip': (methods.huggingface_xclip, 'mit.position_embedding'),
    'vifi': (methods.vifi, 'image_encoder.conv1.weight'),
    'ost': (methods.ost, 'image_encoder.conv1.weight'),
    'bdc': (methods.bdc, 'image_encoder.conv1.weight'),
    'vita': (methods.vita, 'visual.cls_token'),
    'xclip': (methods.xclip, 'mit.positional_embedding'),
    'actionclip': (methods.actionclip, 'visual.conv1.weight'),
    'mmaction-actionclip': (
        methods.mmaction_actionclip,
        'clip.visual.conv1.weight',
    ),
    'a5': (methods.a5, 'embedding.weight'),
    'aim': (methods.aim, 'backbone.conv1.weight'),
    'st-adapter': (methods.st_adapter, 'fc.weight'),
    'mote': (methods.mote, 'visual.conv1.weight'),
    't2l': (methods.t2l, 'visual.conv1.weight'),
    'zeroi2v': (methods.zeroi2v, 'backbone.conv1.weight'),
    'froster': (methods.froster, 'model.visual.conv1.weight'),
    'clip-lora': (methods.clip_lora, 'visual.conv1.weight'),
    'openvclip': (methods.openvclip, 'model.visual.conv1.weight'),
    'clip4clip': (methods.clip4clip, 'clip.visual.conv1.weight'),
    'promptsrc': (methods.promptsrc, 'prompt_learner.ctx'),
    'xpool': (methods.xpool, 'pool_frames.linear_proj.weight'),
    'wti': (methods.wti, 'clip.visual.conv1.weight'),
    'tmass': (methods.tmass, 'stochastic.std_branch.linear_proj.weight'),
    'maple': (methods.maple, 'prompt_learner.ctx'),
    'tc-clip': (methods.tc_clip, 'image_encoder.conv1.weight'),
}
# Those of which the weights after the towers have a place of their own.
WITH_FUSION = ('actionclip', 'mote')


class Conversion(NamedTuple):
    """A published checkpoint in our terms.

    Attributes:
        clip: The whole CLIP, float32 under OpenAI's names.
        parts: All other parameters, under our names.
        model: Config of the model, without its ``clip``.
        arch: The CLIP's architecture.
        moved: What went where.
    """

    clip: dict[str, Tensor]
    parts: dict[str, Tensor]
    model: dict[str, Any]
    arch: dict[str, Any] | str
    moved: list[KeyMove]


def convert(
    kind: str,
    content: dict,
    base: dict[str, Tensor] | None = None,
    path: str = 'the checkpoint',
) -> Conversion:
    """Sort the weights of a published checkpoint.

    Args:
        kind: One of ``KINDS``.
        content: What the file holds, of :func:`read`, or its state dict
            alone.
        base: Weights of the CLIP under OpenAI's names, for what the
            checkpoint lacks (ViFi-CLIP and MaPLe leave out the word
            embeddings).
        path: The file, for errors; ``FILE::PLACE`` for weights below the
            key ``PLACE``.

    Raises:
        UserError: If the kind is unknown, or tensors are missing or left over.
    """
    path, place = split_place(path)
    if kind not in KINDS:
        raise UserError(f'kind {kind!r}, expected one of {list(KINDS)}')
    sort, anchor = KINDS[kind]
    if kind == 'clip-lora':
        content = methods.flat_weights(content)
    if kind in WITH_FUSION:
        content = _with_fusion(content)
    tensors = tensors_in(content, path, place, [anchor])
    metadata = content.get('metadata')
    keys = KeyMapper(
        tensors, metadata if isinstance(metadata, dict) else None, base
    )
    model = sort(keys)
    keys.check_nothing_is_left()
    check_finite({**keys.clip, **keys.parts}, path)
    clip = _complete(keys.clip, base or {})
    check_whole(clip)
    return Conversion(clip, keys.parts, model, infer_arch(clip), keys.moved())


def save_clip(
    clip: dict[str, Tensor], path: str | Path, activation: str = 'quick_gelu'
) -> None:
    """Write a CLIP as safetensors, under OpenAI's names."""
    tensors = {name: t.detach().contiguous() for name, t in clip.items()}
    write_bytes(path, save(tensors, {'activation': activation}))


def load_base(path: str | None) -> dict[str, Tensor] | None:
    """Weights of a CLIP, from a file."""
    return None if path is None else read_clip_file(path).state_dict


def read(kind: str, path: str | Path) -> dict:
    """Read a published checkpoint of some kind.

    Raises:
        UserError: If the file is missing, damaged, a program (TorchScript)
            or holds something else.
    """
    path, place = split_place(path)
    found = read_file(path)
    if found.format == 'torchscript':
        raise UserError(
            f'{path} is a TorchScript archive; the kind for those of OpenAI '
            'is openai'
        )
    content = found.content
    if kind == 'clip-lora' and isinstance(content, dict):
        content = methods.flat_weights(content)
        found = found._replace(content=content)
    weights_in(found, path, place)  # which says what was chosen
    return content


def _with_fusion(content: dict) -> dict:
    """A file whose towers have what follows them behind ``fusion.``."""
    rest = {**content}
    fusion = rest.pop('fusion_model_state_dict', None)
    towers = rest.get('model_state_dict')
    if isinstance(fusion, dict) and isinstance(towers, dict):
        own = {
            'fusion.' + n.removeprefix('module.'): fusion[n] for n in fusion
        }
        rest['model_state_dict'] = {**towers, **own}
    return rest


def _complete(
    own: dict[str, Tensor], base: dict[str, Tensor]
) -> dict[str, Tensor]:
    """Add what a checkpoint has nothing of: a tower, the word embeddings.

    A tower that it has must be whole by itself.
    """
    present = {_part_of(name) for name in own}
    added = {
        name: tensor.float()
        for name, tensor in base.items()
        if _part_of(name) not in present
    }
    return {**added, **own}


def _part_of(name: str) -> str:
    if name.startswith('visual.') or name == 'logit_scale':
        return 'visual'
    return 'words' if name.startswith('token_embedding') else 'text'
