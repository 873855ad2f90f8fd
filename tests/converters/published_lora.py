"""CLIP-LoRA's checkpoints in their own layouts.

As in ``published``: from key names and shapes, not from the converters.
"""

import torch
from published import (
    EMBED,
    LAYERS,
    RESBLOCK,
    SCALE,
    TEXT,
    TEXT_LAYERS,
    WIDTH,
    Maker,
    Release,
    Tensors,
    base_clip,
    whole,
)

RANK = 2
OURS = dict(q_proj='q', k_proj='k', v_proj='v', proj='out')
QKV = ('q_proj', 'k_proj', 'v_proj')


def _factors(make: Maker, width: int, names: tuple[str, ...]) -> dict:
    """For each matrix its two factors."""
    return {
        name: dict(w_lora_A=make(RANK, width), w_lora_B=make(width, RANK))
        for name in names
    }


def _expected(layer: dict, front: str) -> Tensors:
    """The factors of a layer under our names."""
    return {
        f'{front}.0.{ours}.{OURS[name]}': factors[theirs]
        for name, factors in layer.items()
        for theirs, ours in (('w_lora_A', 'down'), ('w_lora_B', 'up'))
    }


# methods.md, 2.6
def clip_lora(
    names: tuple[str, ...] = QKV,
    encoder: str = 'both',
    position: str = 'all',
    alpha: int = 1,
) -> Release:
    """The file of factors, layers of the text tower first."""
    make = Maker(30, half=True)
    layers: dict[str, dict] = {}
    ours: Tensors = {}
    numbers = {'texts.template': 'a photo of a {}.'}
    for tower, width, depth, front in (
        ('text', EMBED, TEXT_LAYERS, 'text_encoder.adapters'),
        ('vision', WIDTH, LAYERS, 'backbone.adapters'),
    ):
        if encoder not in (tower, 'both'):
            continue
        for i in range(depth):
            layer = _factors(make, width, names)
            layers[f'layer_{len(layers)}'] = layer
            ours |= _expected(layer, f'{front}.{i}')
        part = f'{front}.0'
        numbers |= {
            f'{part}.type': 'LoRA',
            f'{part}.rank': RANK,
            f'{part}.scale': alpha / RANK**0.5,
            f'{part}.matrices': [OURS[name] for name in names],
            f'{part}.layers': None,
        }
    state = {
        f'{layer}.{matrix}.{name}': tensor
        for layer, matrices in layers.items()
        for matrix, factors in matrices.items()
        for name, tensor in factors.items()
    }
    metadata = dict(
        r=RANK,
        alpha=alpha,
        encoder=encoder,
        params=[OURS[name][0] for name in names],
        position=position,
    )
    content = dict(weights=layers, metadata=metadata)
    expected = {**ours, **_as_ours(base_clip())}
    learned = tuple(
        f'{ours}.adapters.'
        for tower, ours in (('vision', 'backbone'), ('text', 'text_encoder'))
        if encoder in (tower, 'both')
    )
    return Release(
        'clip-lora', state, content, expected, numbers, learned, base=True
    )


def _as_ours(clip: Tensors) -> Tensors:
    """A CLIP under OpenAI's names, under ours; cosines are times 100."""
    ours = {
        f'backbone.{name}'
        if name.startswith('visual.')
        else f'{TEXT}{name}': tensor
        for name, tensor in clip.items()
        if name != 'logit_scale'
    }
    return {**ours, SCALE: torch.tensor(100.0).log()}


def clip_lora_model(merged: bool = False) -> Release:
    """The state dict of a whole model; in evaluation changes are merged."""
    make, state = Maker(31), base_clip()
    ours = _as_ours(state)
    for tower, depth, front in (
        ('', TEXT_LAYERS, 'text_encoder'),
        ('visual.', LAYERS, 'backbone'),
    ):
        for i in range(depth):
            attn = f'{tower}{RESBLOCK}{i}.attn.'
            layer = _factors(make, WIDTH, QKV)
            ours |= _expected(layer, f'{front}.adapters.{i}')
            weights = state.pop(f'{attn}in_proj_weight').chunk(3)
            biases = state.pop(f'{attn}in_proj_bias').chunk(3)
            for kind in ('weight', 'bias'):
                out = state.pop(f'{attn}out_proj.{kind}')
                state[f'{attn}proj.{kind}'] = out
            for name, weight, bias in zip(QKV, weights, biases, strict=True):
                down, up = layer[name].values()
                change = up @ down / RANK**0.5 if merged else 0
                state |= {
                    f'{attn}{name}.weight': weight + change,
                    f'{attn}{name}.bias': bias.clone(),
                    f'{attn}{name}.w_lora_A': down,
                    f'{attn}{name}.w_lora_B': up,
                }
    numbers = {
        'backbone.adapters.0.rank': RANK,
        'text_encoder.adapters.0.matrices': ['q', 'k', 'v'],
    }
    learned = ('backbone.adapters.', 'text_encoder.adapters.')
    content = dict(state_dict=state)
    return Release('clip-lora', state, content, whole(ours), numbers, learned)


RELEASES = {
    'clip-lora': clip_lora,
    'clip-lora with out of the vision tower': lambda: clip_lora(
        ('q_proj', 'v_proj', 'proj'), 'vision', alpha=4
    ),
    'clip-lora of the text tower': lambda: clip_lora(
        encoder='text', position='bottom'
    ),
    'clip-lora, the whole model': clip_lora_model,
}
