"""What several projects have in common."""

import torch
from torch import Tensor

from vlprompt.errors import UserError

from ..key_mapper import CLIP_BUFFERS, CLIP_NAME, KeyMapper

BLOCK = r'resblocks\.(.+)'


def take_clip(keys: KeyMapper, prefix: str = '') -> None:
    """A CLIP under OpenAI's names, behind a prefix (a pattern)."""
    keys.drop(prefix + f'(?:{CLIP_BUFFERS})', 'follows from the shapes')
    keys.to_clip(f'{prefix}({CLIP_NAME})', r'\1')


def text_heads(keys: KeyMapper, prefix: str = '') -> int | None:
    """Attention heads of the text tower under OpenAI's names, if it is there.

    CLIP's heads are 64 wide.

    Args:
        keys: Of a checkpoint.
        prefix: In front of the names.
    """
    name = f'{prefix}ln_final.weight'
    return max(1, len(keys.look(name)) // 64) if keys.find(name) else None


def take_split_towers(keys: KeyMapper) -> None:
    """The towers' names of the CoOp family."""
    keys.to_clip('logit_scale', 'logit_scale')
    keys.to_clip(r'image_encoder\.(.+)', r'visual.\1')
    keys.to_clip(r'text_encoder\.(.+)', r'\1')
    keys.to_clip(r'token_embedding\.weight', 'token_embedding.weight')


def take_deep_prompts(
    keys: KeyMapper, name: str, of_layers: str, first: int = 0
) -> Tensor | None:
    """Prompts of the first layer and of those behind it, (L, K, D)."""
    if name not in keys.left:
        return None
    layers = keys.numbers(of_layers)
    expected = list(range(1 - first, len(layers) + 1 - first))
    if layers != expected:
        raise UserError(
            f'prompts of layers {layers} behind the first, expected {expected}'
        )
    target = 'prompts.free.*.vectors'
    vectors = [keys.take(name, target)]
    for i in layers:
        (match,) = (m for m in keys.find(of_layers) if int(m[1]) == i)
        vectors.append(keys.take(match[0], target))
    return torch.stack(vectors)


def pack_clip(keys: KeyMapper, attention: str, block: str) -> None:
    """Separate maps of query, key and value to CLIP's packed one."""
    pack(keys, keys.clip, attention, f'{block}.attn.in_proj', 'CLIP ')


def pack(
    keys: KeyMapper,
    store: dict[str, Tensor],
    attention: str,
    target: str,
    what: str = '',
) -> None:
    """Separate maps of query, key and value to PyTorch's packed one.

    Args:
        keys: Of a checkpoint.
        store: Where the packed map goes: its ``clip`` or ``parts``.
        attention: What the three names begin with.
        target: What the new names begin with, ``'....attn.in_proj'``.
        what: In front of the new name in the list of moves.
    """
    for kind in ('weight', 'bias'):
        name = f'{target}_{kind}'
        parts = [
            keys.take(f'{attention}.{part}_proj.{kind}', f'{what}{name}')
            for part in 'qkv'
        ]
        store[name] = torch.cat(parts)


def zeros_for_text(clip: dict[str, Tensor]) -> None:
    """Fill what a classifier without texts never uses with zeros.

    Args:
        clip: A CLIP under OpenAI's names, which lacks all but its tower.
    """
    if 'visual.conv1.weight' not in clip:
        raise UserError('the checkpoint has no conv1.weight of a tower')
    width = clip['visual.conv1.weight'].size(0)
    embed, blocks = 64, 'transformer.resblocks.0'
    shapes = {
        'logit_scale': (),
        'positional_embedding': (77, embed),
        'text_projection': (embed, embed),
        'token_embedding.weight': (49408, embed),
        'ln_final.weight': (embed,),
        'ln_final.bias': (embed,),
        'visual.proj': (width, embed),
        f'{blocks}.ln_1.weight': (embed,),
        f'{blocks}.ln_1.bias': (embed,),
        f'{blocks}.attn.in_proj_weight': (3 * embed, embed),
        f'{blocks}.attn.in_proj_bias': (3 * embed,),
        f'{blocks}.attn.out_proj.weight': (embed, embed),
        f'{blocks}.attn.out_proj.bias': (embed,),
        f'{blocks}.ln_2.weight': (embed,),
        f'{blocks}.ln_2.bias': (embed,),
        f'{blocks}.mlp.c_fc.weight': (4 * embed, embed),
        f'{blocks}.mlp.c_fc.bias': (4 * embed,),
        f'{blocks}.mlp.c_proj.weight': (embed, 4 * embed),
        f'{blocks}.mlp.c_proj.bias': (embed,),
    }
    for name, shape in shapes.items():
        clip.setdefault(name, torch.zeros(shape))
