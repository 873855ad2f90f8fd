"""CLIP-LoRA."""

import math
from collections.abc import Mapping
from typing import Any, NamedTuple

from torch import Tensor

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper
from .common import take_clip
from .lora_weights import Change, join_attention, take_off

# The matrices as the project and as we call them.
MATRICES = dict(q_proj='q', k_proj='k', v_proj='v', proj='out')
# Layers that its names of positions mean.
POSITIONS = {
    'top': range(11, 12),
    'top1': range(11, 12),
    'top2': range(10, 12),
    'top3': range(9, 12),
    'bottom': range(4),
    'mid': range(4, 8),
    'up': range(8, 12),
    'half-up': range(6, 12),
    'half-bottom': range(6),
    'all': range(12),
}
LARGE, ALL_OF_LARGE = 24, range(21)  # "all" of a tower of 24 layers
FRONTS = dict(text='transformer.', vision='visual.transformer.')
OURS = dict(text='text_encoder', vision='backbone')


class Adapted(NamedTuple):
    """A layer with LoRA.

    Attributes:
        tower: ``'text'`` or ``'vision'``.
        layer: Its number in the tower.
        front: What the names of its factors begin with.
    """

    tower: str
    layer: int
    front: str


def flat_weights(content: Mapping[str, Any]) -> Mapping[str, Any]:
    """The file of factors with names in place of dicts in dicts.

    Args:
        content: Of a file; any other layout stays as it is.
    """
    layers = content.get('weights')
    if not isinstance(layers, Mapping) or not all(
        isinstance(layer, Mapping) for layer in layers.values()
    ):
        return content
    flat = {
        f'{layer}.{matrix}.{name}': tensor
        for layer, matrices in layers.items()
        for matrix, factors in matrices.items()
        if isinstance(factors, Mapping)
        for name, tensor in factors.items()
    }
    return {**content, 'weights': flat} if flat else content


def clip_lora(keys: KeyMapper) -> dict[str, Any]:
    """CLIP-LoRA: factors of matrices, in a file of their own or in a CLIP.

    The file of factors numbers the adapted layers of both towers, those of
    the text tower first.  A state dict of the whole model has the matrices
    of its attention apart, and holds them with their change if it was saved
    in evaluation.
    """
    adapted = _numbered(keys) or _in_towers(keys)
    if not adapted:
        raise UserError('the checkpoint has no factors of LoRA (w_lora_A)')
    rank = _rank(keys)
    scale = float(keys.metadata.get('alpha', 1)) / math.sqrt(rank)
    changes = _changes(keys, adapted, scale)
    model = _model(keys, adapted, dict(rank=rank, scale=scale))
    for layer in adapted:
        for theirs, ours in MATRICES.items():
            for factor, name in (('A', 'down'), ('B', 'up')):
                keys.to_part(
                    rf'{layer.front}{theirs}\.w_lora_{factor}',
                    f'{OURS[layer.tower]}.adapters.{layer.layer}.0.{name}.'
                    f'{ours}',
                )
    join_attention(keys, FRONTS.values())
    take_clip(keys)
    take_off(keys, changes)
    return model


def _numbered(keys: KeyMapper) -> list[Adapted]:
    """The layers of a file of factors."""
    numbers = keys.numbers(r'layer_(\d+)\..+')
    if not numbers:
        return []
    if not keys.base:
        raise UserError(
            'the checkpoint has the factors alone: give the CLIP that it was '
            'trained on by --clip'
        )
    encoder = keys.metadata.get('encoder', 'both')
    position = keys.metadata.get('position', 'all')
    if position not in POSITIONS:
        raise UserError(
            f'position {position!r} in the checkpoint, expected one of '
            f'{list(POSITIONS)}'
        )
    places = []
    for tower, front in FRONTS.items():
        if encoder not in (tower, 'both'):
            continue
        depth = _depth(keys.base, front)
        whole = tower == 'vision' and position == 'all' and depth == LARGE
        layers = ALL_OF_LARGE if whole else POSITIONS[position]
        places += [(tower, i) for i in layers if i < depth]
    if numbers != list(range(len(places))):
        raise UserError(
            f'the checkpoint has {len(numbers)} adapted layers; position='
            f'{position!r} and encoder={encoder!r} are {len(places)} of this '
            'CLIP: check --clip'
        )
    return [
        Adapted(tower, i, rf'layer_{n}\.')
        for n, (tower, i) in enumerate(places)
    ]


def _in_towers(keys: KeyMapper) -> list[Adapted]:
    """The layers with factors of a whole model."""
    return [
        Adapted(tower, i, rf'{front}resblocks\.{i}\.attn\.')
        for tower, front in FRONTS.items()
        for i in keys.numbers(rf'{front}resblocks\.(\d+)\..+w_lora_A')
    ]


def _depth(clip: Mapping[str, Tensor], front: str) -> int:
    start = f'{front}resblocks.'
    names = (name for name in clip if name.startswith(start))
    return 1 + max(int(name[len(start) :].split('.')[0]) for name in names)


def _rank(keys: KeyMapper) -> int:
    ranks = {len(keys.look(m[0])) for m in keys.find(r'.+\.w_lora_A')}
    if len(ranks) != 1:
        raise UserError(
            f'the checkpoint has factors of ranks {sorted(ranks)}, expected '
            'one rank'
        )
    return ranks.pop()


def _model(
    keys: KeyMapper, adapted: list[Adapted], given: dict[str, Any]
) -> dict[str, Any]:
    """The config: one LoRA for each tower that has some."""
    parts: dict[str, list] = dict(text=[], vision=[])
    for tower in parts:
        layers = [a for a in adapted if a.tower == tower]
        if not layers:
            continue
        kinds = {tuple(_matrices(keys, layer)) for layer in layers}
        if len(kinds) != 1:
            raise UserError(
                f'the layers of the {tower} tower have LoRA in different '
                f'matrices: {sorted(kinds)}'
            )
        names = [MATRICES[name] for name in kinds.pop()]
        part = dict(type='LoRA', **given, matrices=names)
        numbers = [layer.layer for layer in layers]
        source = keys.base if not keys.find('.*conv1.weight') else keys.left
        if numbers != list(range(_depth(source, FRONTS[tower]))):
            part['layers'] = numbers
        parts[tower] = [part]
    return dict(
        backbone=dict(type='CLIPVisionTower', adapters=parts['vision']),
        text_encoder=dict(type='CLIPTextTower', adapters=parts['text']),
        texts=dict(type='ClassTexts', template='a photo of a {}.'),
        # It compares with 100 whatever the scale of its CLIP.
        cls_head=dict(type='SimilarityHead', temperature=0.01),
        trainable=[f'{OURS[t]}.adapters.*' for t in parts if parts[t]],
    )


def _matrices(keys: KeyMapper, layer: Adapted) -> list[str]:
    """Those with factors, both of them, in an order of ours."""
    found = [
        name
        for name in MATRICES
        if keys.find(rf'{layer.front}{name}\.w_lora_[AB]')
    ]
    for name in found:
        for factor in 'AB':
            keys.look(f'{_plain(layer.front)}{name}.w_lora_{factor}')
    return found


def _plain(pattern: str) -> str:
    return pattern.replace('\\', '')


def _changes(
    keys: KeyMapper, adapted: list[Adapted], scale: float
) -> list[Change]:
    """What is added to the matrices of a whole model."""
    changes = []
    for layer in adapted:
        if layer.front.startswith('layer_'):
            continue
        front = _plain(layer.front)
        for name in _matrices(keys, layer):
            down, up = (
                keys.look(f'{front}{name}.w_lora_{factor}').double()
                for factor in 'AB'
            )
            changes.append(Change(front, name, scale * up @ down))
    return changes
