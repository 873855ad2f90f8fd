"""A model as one plain CLIP, with what it has learned in its weights."""

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.models import CLIPTextTower, CLIPVisionTower
from vlprompt.models.clip.names import is_clip, to_open_clip
from vlprompt.models.towers.merging import merged_parameters

# Parameters that are read in training alone.
TRAINING = ('cls_head.regularizers.', 'teacher.')
SHOWN = 3


class MergedClip(NamedTuple):
    """What a model has become.

    Attributes:
        tensors: The CLIP, under the names of open_clip's ``CustomTextCLIP``.
        folded: What is in its matrices now, in a few words each.
        tuned: How many of its tensors were learned themselves.
        left_out: What the model is besides, which has no weights or is of
            training alone.
    """

    tensors: dict[str, Tensor]
    folded: tuple[str, ...]
    tuned: int
    left_out: tuple[str, ...]


def merge_clip(model: nn.Module) -> MergedClip:
    """Fold all that a model has learned into the weights of its CLIP.

    The towers of the result give the embeddings of frames and texts that
    the model gives in evaluation.  The model is left as it is.

    Args:
        model: A ``VideoTextRecognizer``.

    Raises:
        UserError: If something that it has learned, or that its towers
            compute, has no place in a plain CLIP.
    """
    problem = next(_problems(model), None)
    if problem is not None:
        raise UserError(
            f'there is no merged CLIP of this model: {problem} is no part of '
            'a plain CLIP and cannot be folded into it'
        )
    new: dict[nn.Parameter, Tensor] = {}
    folded: Counter = Counter()
    for tower, parts_of, blocks in _towers(model):
        for parts, block in zip(parts_of, blocks, strict=True):
            if len(parts):
                new.update(merged_parameters(block, parts))
            folded.update((type(part).__name__, tower) for part in parts)
    own = {n: p for n, p in model.named_parameters() if is_clip(n)}
    return MergedClip(
        {to_open_clip(n): new.get(p, p.detach()) for n, p in own.items()},
        tuple(
            f'{kind} in {number} layer{"s"[: number - 1]} of the {tower} tower'
            for (kind, tower), number in folded.items()
        ),
        sum(p.requires_grad for p in own.values()),
        tuple(_left_out(model)),
    )


def _towers(model: nn.Module) -> Iterator[tuple]:
    """Name, parts and blocks of the towers."""
    visual, text = model.backbone, model.text_encoder
    yield 'vision', visual.adapters, visual.trunk.blocks
    yield 'text', text.adapters, text.text.transformer.resblocks


def _problems(model: nn.Module) -> Iterator[str]:
    """What does not fit, the reason that helps most first."""
    if type(model.backbone) is not CLIPVisionTower:
        yield f'the backbone {type(model.backbone).__name__}'
    if model.text_encoder is None:
        yield f'{type(model.cls_head).__name__}, which compares no texts,'
    elif type(model.text_encoder) is not CLIPTextTower:
        yield f'the text encoder {type(model.text_encoder).__name__}'
    if model.prompts is not None:
        yield _with_weights(model, 'prompts')
    for embedding in model.backbone.embeddings:
        yield type(embedding).__name__
    for tower, parts_of, _ in _towers(model):
        for i, parts in enumerate(parts_of):
            for part in parts:
                if not hasattr(part, 'linear_maps'):
                    kind = type(part).__name__
                    yield f'{kind} (layer {i} of the {tower} tower)'
    if model.conditioner is not None:
        yield type(model.conditioner).__name__
    if not model.backbone.project:
        yield 'a vision tower with project=False'
    merged = ('backbone.adapters.', 'text_encoder.adapters.', *TRAINING)
    for name, _ in model.named_parameters():
        if not is_clip(name) and not name.startswith(merged):
            yield _with_weights(model, name.partition('.')[0])


def _with_weights(model: nn.Module, part: str) -> str:
    """A part of a model by its class, with the names of its weights."""
    names = [
        name
        for name, _ in model.named_parameters()
        if name.startswith(f'{part}.') and not is_clip(name)
    ]
    more = ', ...' if len(names) > SHOWN else ''
    kind = type(getattr(model, part)).__name__
    return f'{kind} with its weights ({", ".join(names[:SHOWN])}{more})'


def _left_out(model: nn.Module) -> Iterator[str]:
    """What a user of the file has to do by himself."""
    yield f'{type(model.pooler).__name__} (frames to a video)'
    head = model.cls_head
    fusion = getattr(head, 'fusion', 'embedding')
    if type(head).__name__ != 'SimilarityHead' or fusion != 'embedding':
        yield f'{type(head).__name__} with fusion={fusion!r}'
    if getattr(head, 'test_temperature', None) is not None:
        yield f'a scale of {1 / head.test_temperature:g} in tests'
    for name in getattr(head, 'regularizers', ()):
        yield f'the loss {name!r} of training'
