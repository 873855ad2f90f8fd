"""Vita-CLIP: split attention, a bias of the patches, its tokens."""

from typing import Any

import torch

from ..key_mapper import KeyMapper
from .common import pack_clip


def vita(keys: KeyMapper) -> dict[str, Any]:
    """Vita-CLIP: split attention, a bias of the patches, its tokens."""
    keys.drop(r'prompt_learner\.token_\w+', 'follows the class list')
    frames = _vita_tokens(keys)
    contexts = None
    if keys.find(r'prompt_learner\.ctx'):
        contexts = keys.take('prompt_learner.ctx', 'prompts.free.text.vectors')
    _vita_clip(keys)
    texts = dict(type='ClassTexts', template='{}')
    model = dict(
        backbone=dict(type='CLIPVisionTower', **frames),
        texts=texts,
        trainable=['cls_head.logit_scale'],
    )
    model['trainable'] += [f'backbone.{part}.*' for part in frames]
    if contexts is not None:
        own = contexts.dim() == 3
        text = dict(type='DeepPrompts', layers=[0])
        if own:
            text = dict(type='ClassPrompts', num_classes=len(contexts))
        contexts = contexts if own else contexts[None]
        keys.parts['prompts.free.text.vectors'] = contexts
        texts['template'] = f'[{contexts.size(1)}] {{}}.'
        model['prompts'] = dict(type='PromptLearner', text=text)
        model['trainable'].append('prompts.*')
    return model


def _vita_tokens(keys: KeyMapper) -> dict[str, Any]:
    block, ours = r'visual\.blocks\.(\d+)', r'backbone.adapters.\1.0'
    tower: dict[str, Any] = {}
    adapter: dict[str, Any] = dict(
        type='VitaTokens', num_global=0, local=False, summary=False
    )
    if 'visual.time_embed' in keys.left:
        frames = len(keys.left['visual.time_embed'])
        adapter['num_frames'] = frames
        tower['embeddings'] = [
            dict(
                type='TimeEmbedding',
                num_frames=frames,
                std=0.02,
                resize='nearest',
            )
        ]
        keys.to_part(r'visual\.time_embed', 'backbone.embeddings.0.vectors')
    if 'visual.global_prompts' in keys.left:
        vectors = keys.take(
            'visual.global_prompts', 'backbone.adapters.*.0.global_prompts'
        )
        adapter['num_global'] = vectors.size(1)
        for i, own in enumerate(vectors):
            keys.parts[f'backbone.adapters.{i}.0.global_prompts'] = own
    local = rf'{block}\.local_prompts'
    for match in keys.find(local)[:1]:
        adapter['local'] = True
        adapter['num_frames'] = keys.left[match[0]].size(1)
    keys.to_part(local, rf'{ours}.local_prompts', lambda x: x[0])
    keys.to_part(rf'{block}\.cls_proj\.(\w+)', rf'{ours}.cls_proj.\2')
    keys.to_part(rf'{block}\.summary_ln\.(\w+)', rf'{ours}.summary_ln.\2')
    layers = keys.numbers(rf'{block}\.summary_attn_layer\..+')
    for i in layers:
        adapter['summary'] = True
        _pack_part(
            keys,
            f'visual.blocks.{i}.summary_attn_layer',
            f'backbone.adapters.{i}.0.summary_attn',
        )
    if adapter['num_global'] or adapter['local'] or adapter['summary']:
        tower['adapters'] = [adapter]
    return tower


def _pack_part(keys: KeyMapper, attention: str, ours: str) -> None:
    for kind in ('weight', 'bias'):
        parts = [
            keys.take(f'{attention}.{part}_proj.{kind}', f'{ours}.in_proj')
            for part in 'qkv'
        ]
        keys.parts[f'{ours}.in_proj_{kind}'] = torch.cat(parts)
        keys.parts[f'{ours}.out_proj.{kind}'] = keys.take(
            f'{attention}.out_proj.{kind}', f'{ours}.out_proj'
        )


def _vita_clip(keys: KeyMapper) -> None:
    block, ours = (
        r'visual\.blocks\.(\d+)',
        r'visual.transformer.resblocks.\1',
    )
    for i in keys.numbers(rf'{block}\..+'):
        pack_clip(
            keys,
            f'visual.blocks.{i}.attn',
            f'visual.transformer.resblocks.{i}',
        )
    for source, target in (
        (r'attn\.out_proj', 'attn.out_proj'),
        (r'mlp\.fc1', 'mlp.c_fc'),
        (r'mlp\.fc2', 'mlp.c_proj'),
        ('norm1', 'ln_1'),
        ('norm2', 'ln_2'),
    ):
        keys.to_clip(rf'{block}\.{source}\.(\w+)', rf'{ours}.{target}.\2')
    keys.to_clip(r'visual\.cls_token', 'visual.class_embedding', torch.ravel)
    positions = keys.take('visual.pos_embed', 'CLIP visual positions')
    positions = positions.reshape(-1, positions.size(-1))
    if 'visual.patch_embed.proj.bias' in keys.left:
        bias = keys.take(
            'visual.patch_embed.proj.bias', 'CLIP visual positions'
        )
        positions = torch.cat([positions[:1], positions[1:] + bias])
    keys.clip['visual.positional_embedding'] = positions
    keys.to_clip(r'visual\.patch_embed\.proj\.weight', 'visual.conv1.weight')
    keys.to_clip(r'visual\.(ln_pre\.\w+|ln_post\.\w+|proj)', r'visual.\1')
    keys.to_clip(r'textual\.(.+)', r'\1')
    keys.to_clip('logit_scale', 'logit_scale')
