"""AIM."""

from typing import Any

import torch

from vlprompt.errors import UserError

from ..key_mapper import KeyMapper


def aim(keys: KeyMapper) -> dict[str, Any]:
    """AIM: adapters in a visual tower without projection, a linear head."""
    layer = r'backbone\.transformer\.resblocks\.(\d+)'
    names = dict(
        MLP_Adapter='joint',
        S_Adapter='spatial',
        T_Adapter='temporal',
        T_Adapter_in='temporal_in',
    )
    twice = bool(keys.find(rf'{layer}\.T_Adapter_in\..+'))
    first = 'backbone.transformer.resblocks.0.T_Adapter.D_fc1.weight'
    hidden, width = keys.look(first).shape
    for theirs, ours in names.items():
        keys.to_part(
            rf'{layer}\.{theirs}\.D_fc(\d)\.(\w+)',
            rf'backbone.adapters.\1.0.{ours}.fc\2.\3',
        )
    times = keys.take(
        'backbone.temporal_embedding', 'backbone.embeddings.0.vectors'
    )[0]
    keys.parts['backbone.embeddings.0.vectors'] = times
    classes = len(keys.look('cls_head.fc_cls.weight'))
    keys.to_part(r'cls_head\.fc_cls\.(\w+)', r'cls_head.fc_cls.\1')
    keys.to_clip(r'backbone\.(.+)', r'visual.\1')
    _without_text(keys)
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            embeddings=[dict(type='TimeEmbedding', num_frames=len(times))],
            adapters=[
                dict(
                    type='AIMAdapter',
                    num_temporal=2 if twice else 1,
                    scale=1.0 if twice else 0.5,
                    ratio=hidden / width,
                )
            ],
            project=False,
        ),
        cls_head=dict(
            type='LinearHead',
            num_classes=classes,
        ),
        trainable=[
            'backbone.adapters.*',
            'backbone.embeddings.*',
            'backbone.visual.ln_post.*',
            'cls_head.*',
        ],
    )


def _without_text(keys: KeyMapper) -> None:
    """Fill what a classifier without texts never uses with zeros."""
    clip = keys.clip
    if 'visual.conv1.weight' not in clip:
        raise UserError('the checkpoint has no backbone.conv1.weight')
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
