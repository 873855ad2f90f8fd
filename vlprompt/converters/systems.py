"""How each project names its weights, and the model they make here.

Every function takes the :class:`Keys` of a checkpoint, moves all of them and
returns what our model has besides its CLIP.
"""

import re
from typing import Any

import torch
from torch import Tensor

from vlprompt.errors import UserError

from .keys import CLIP_BUFFERS, CLIP_NAME, Keys

BLOCK = r'resblocks\.(.+)'
TEXT_TOWER = [
    'text_encoder.text.transformer.*',
    'text_encoder.text.positional_embedding',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]
FINE_TUNED = [  # by CLIP4Clip: all but what embeds patches and words
    '*.transformer.*',
    'backbone.visual.ln_post.*',
    'backbone.visual.proj',
    'text_encoder.text.ln_final.*',
    'text_encoder.text.text_projection',
]
OF_CLASSES = 'follows the class list'


def vifi(keys: Keys) -> dict[str, Any]:
    """ViFi-CLIP, fine-tuned or with prompts in one or both towers."""
    keys.drop(
        r'prompt_learner\.(token_\w+|complete_text_embeddings)', OF_CLASSES
    )
    block = r'transformer\.resblocks\.(\d+)\.VPT_shallow'
    text = _deep(keys, 'prompt_learner.ctx', r'text_encoder\.' + block)
    visual = _deep(keys, 'image_encoder.VPT', r'image_encoder\.' + block)
    _split_towers(keys)
    if text is None and visual is None:
        return dict(
            texts=dict(type='ClassTexts', template='a photo of a {}.'),
            trainable=['backbone.*', *TEXT_TOWER, 'cls_head.logit_scale'],
        )
    prompts: dict[str, Any] = dict(type='PromptLearner')
    for tower, vectors in (('text', text), ('visual', visual)):
        if vectors is not None:
            keys.parts[f'prompts.free.{tower}.vectors'] = vectors
            prompts[tower] = dict(
                type='DeepPrompts',
                layers=list(range(len(vectors))),
                num=vectors.size(1),
            )
    template = '{}.' if text is None else f'[{text.size(1)}] {{}}.'
    return dict(
        texts=dict(type='ClassTexts', template=template),
        prompts=prompts,
        trainable=['prompts.*'],
    )


def maple(keys: Keys) -> dict[str, Any]:
    """MaPLe: text prompts and one map to vision for each layer."""
    keys.drop(r'prompt_learner\.token_\w+', OF_CLASSES)
    vectors = _deep(
        keys,
        'prompt_learner.ctx',
        r'prompt_learner\.compound_prompts_text\.(\d+)',
        first=1,
    )
    if vectors is None:
        raise UserError('the checkpoint has no prompt_learner.ctx')
    keys.parts['prompts.free.text.vectors'] = vectors
    maps = 'prompts.couplings.0.maps'
    keys.to_part(r'prompt_learner\.proj\.(\w+)', rf'{maps}.0.\1')
    of_layer = r'prompt_learner\.compound_prompt_projections'
    for j in keys.numbers(of_layer + r'\.(\d+)\..+'):
        keys.to_part(rf'{of_layer}\.{j}\.(\w+)', rf'{maps}.{j + 1}.\1')
    _split_towers(keys)
    return dict(
        texts=dict(type='ClassTexts', template=f'[{vectors.size(1)}] {{}}.'),
        prompts=dict(
            type='ViLTPrompts',
            depth=len(vectors),
            coupling='text2vision',
            shared=False,
        ),
        trainable=['prompts.*'],
    )


def vita(keys: Keys) -> dict[str, Any]:
    """Vita-CLIP: split attention, a bias of the patches, its tokens."""
    keys.drop(r'prompt_learner\.token_\w+', OF_CLASSES)
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


def xclip(keys: Keys) -> dict[str, Any]:
    """X-CLIP: message tokens, integration, video-specific prompts."""
    block = r'visual\.transformer\.resblocks\.(\d+)'
    keys.to_part(rf'{block}\.(message_\w+\..+)', r'backbone.adapters.\1.0.\2')
    positions = keys.take('mit.positional_embedding', 'pooler.positions')[0]
    keys.parts['pooler.positions'] = positions
    layers = keys.numbers(r'mit\.resblocks\.(\d+)\..+')
    keys.to_part(rf'mit\.{BLOCK}', r'pooler.blocks.\1')
    decoder = keys.numbers(r'prompts_generator\.decoder\.(\d+)\..+')
    of_layer, ours = r'prompts_generator\.decoder\.(\d+)', 'conditioner.layers'
    for source, target in (
        (r'cross_attn\.proj\.(\w+)', 'cross_attn.out_proj'),
        (r'mlp\.0\.(\w+)', 'mlp.0'),
        (r'mlp\.3\.(\w+)', 'mlp.2'),
    ):
        keys.to_part(rf'{of_layer}\.{source}', rf'{ours}.\1.{target}.\2')
    keys.to_part(rf'{of_layer}\.(.+)', rf'{ours}.\1.\2')
    keys.to_part(r'prompts_generator\.(.+)', r'conditioner.\1')
    keys.to_part(r'prompts_visual_ln\.(\w+)', r'conditioner.visual_ln.\1')
    keys.to_part('prompts_visual_proj', 'conditioner.visual_proj')
    _openai(keys)
    return dict(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='MessageToken')],
            patch_tokens=True,
        ),
        texts=dict(type='ClassTexts', template='{}'),
        pooler=dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(positions),
        ),
        conditioner=dict(type='VideoSpecificPrompts', num_layers=len(decoder)),
        trainable=['backbone.*', 'pooler.*', 'conditioner.*'],
    )


def actionclip(keys: Keys) -> dict[str, Any]:
    """ActionCLIP in its own layout, fusion weights below ``fusion.``."""
    block = r'visual\.transformer\.resblocks\.(\d+)'
    shifted = bool(keys.find(rf'{block}\.net\..+'))
    keys.to_clip(rf'{block}\.net\.(.+)', r'visual.transformer.resblocks.\1.\2')
    _openai(keys)
    adapters = [dict(type='TemporalShift')] if shifted else []
    return dict(
        backbone=dict(type='CLIPVisionTower', adapters=adapters),
        texts=dict(
            type='LabelTexts',
            template='actionclip16',
            ensemble='probability',
        ),
        pooler=_fusion(keys, r'fusion\.', eps=1e-12),
        cls_head=dict(
            type='InBatchHead',
            alignment=dict(type='SameClassKLLoss'),
            test_temperature=0.01,
        ),
        trainable=['*'],
    )


def mmaction_actionclip(keys: Keys) -> dict[str, Any]:
    """MMAction2's ActionCLIP and CLIPSimilarity."""
    keys.drop(r'data_preprocessor\..+', 'belongs to the data')
    _openai(keys, r'clip\.')
    pooler = _fusion(keys, r'adapter\.', eps=1e-5)
    return dict(
        texts=dict(
            type='LabelTexts',
            template='actionclip16',
            ensemble='probability',
        ),
        pooler=pooler,
        cls_head=dict(
            type='InBatchHead',
            alignment=dict(type='PairLoss'),
            test_temperature=0.01,
        ),
        trainable=['*'],
    )


def a5(keys: Keys) -> dict[str, Any]:
    """A5, A6: a table of prompts, blocks over the frames."""
    length = len(keys.look('embedding.weight'))
    keys.to_part(r'embedding\.weight', 'prompts.free.text.vectors')
    layers = keys.numbers(r'temporalModelling\.resblocks\.(\d+)\..+')
    pooler: dict[str, Any] = dict(type='MeanPooler')
    if layers:
        positions = keys.look('temporalEmbedding.weight')
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(positions),
            residual=False,
            start='torch',
            position_std=0.01,
        )
        keys.to_part(r'temporalEmbedding\.weight', 'pooler.positions')
        keys.to_part(rf'temporalModelling\.{BLOCK}', r'pooler.blocks.\1')
    keys.drop(r'temporalEmbedding\.weight', 'no temporal layers')
    _openai(keys, r'clipmodel\.')
    return dict(
        texts=dict(type='CandidateTexts', template='[16] {} [16]'),
        prompts=dict(
            type='PromptLearner',
            text=dict(type='PositionPrompts', length=length),
        ),
        pooler=pooler,
        cls_head=dict(type='SimilarityHead', temperature=0.07),
        trainable=['prompts.*', *(['pooler.*'] if layers else [])],
    )


def aim(keys: Keys) -> dict[str, Any]:
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


def clip4clip(keys: Keys) -> dict[str, Any]:
    """CLIP4Clip with any of its four heads."""
    positions = r'frame_position_embeddings\.weight'
    pooler: dict[str, Any] = dict(type='UnitMeanPooler')
    head: dict[str, Any] = dict(type='InBatchHead')
    trainable = ['cls_head.logit_scale', 'pooler.*']
    layers = keys.numbers(r'transformerClip\.resblocks\.(\d+)\..+')
    crossed = keys.numbers(r'cross\.transformer\.resblocks\.(\d+)\..+')
    if layers:
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(keys.look('frame_position_embeddings.weight')),
            then=pooler,
        )
        keys.to_part(positions, 'pooler.positions')
        keys.to_part(rf'transformerClip\.{BLOCK}', r'pooler.blocks.\1')
    elif keys.find(r'lstm_visual\..+'):
        pooler = dict(type='LSTMPooler', then=pooler)
        keys.to_part(r'lstm_visual\.(.+)', r'pooler.lstm.\1')
    elif crossed:
        trainable = [
            f'cls_head.{part}*'
            for part in ('positions', 'blocks', 'ln_pool', 'dense', 'score')
        ]
        pooler = dict(type='IdentityPooler')
        table = 'cross.embeddings.position_embeddings.weight'
        head = dict(
            type='TightTransformerHead',
            num_layers=len(crossed),
            num_positions=len(keys.look(table)),
        )
        keys.to_part(re.escape(table), 'cls_head.positions')
        keys.to_part(rf'cross\.transformer\.{BLOCK}', r'cls_head.blocks.\1')
        keys.to_part(r'cross\.pooler\.(.+)', r'cls_head.\1')
        keys.to_part(r'similarity_dense\.(\w+)', r'cls_head.score.\1')
    else:
        trainable.remove('pooler.*')
    keys.drop(positions, 'not used by this head')
    _openai(keys, r'clip\.')
    return dict(
        texts=dict(type='CaptionTexts', max_tokens=32),
        pooler=pooler,
        cls_head=dict(head, alignment=dict(type='PairLoss')),
        trainable=[*FINE_TUNED, *trainable],
    )


def huggingface(keys: Keys) -> dict[str, Any]:
    """Hugging Face's CLIPModel: CLIP itself, under other names."""
    keys.drop(r'.*\.position_ids', 'a constant')
    towers = (
        ('vision_model', 'visual.transformer'),
        ('text_model', 'transformer'),
    )
    for theirs, ours in towers:
        layer = rf'{theirs}\.encoder\.layers'
        target = f'{ours}.resblocks'
        for i in keys.numbers(rf'{layer}\.(\d+)\..+'):
            _pack(
                keys,
                rf'{theirs}.encoder.layers.{i}.self_attn',
                f'{target}.{i}',
            )
        for source, name in (
            (r'self_attn\.out_proj', 'attn.out_proj'),
            ('layer_norm1', 'ln_1'),
            ('layer_norm2', 'ln_2'),
            (r'mlp\.fc1', 'mlp.c_fc'),
            (r'mlp\.fc2', 'mlp.c_proj'),
        ):
            keys.to_clip(
                rf'{layer}\.(\d+)\.{source}\.(\w+)', rf'{target}.\1.{name}.\2'
            )
    vision = r'vision_model\.embeddings'
    for source, target in (
        (rf'{vision}\.class_embedding', 'visual.class_embedding'),
        (rf'{vision}\.patch_embedding\.weight', 'visual.conv1.weight'),
        (
            rf'{vision}\.position_embedding\.weight',
            'visual.positional_embedding',
        ),
        (r'vision_model\.pre_layrnorm\.(\w+)', r'visual.ln_pre.\1'),
        (r'vision_model\.post_layernorm\.(\w+)', r'visual.ln_post.\1'),
        (
            r'text_model\.embeddings\.token_embedding\.weight',
            'token_embedding.weight',
        ),
        (
            r'text_model\.embeddings\.position_embedding\.weight',
            'positional_embedding',
        ),
        (r'text_model\.final_layer_norm\.(\w+)', r'ln_final.\1'),
        ('logit_scale', 'logit_scale'),
    ):
        keys.to_clip(source, target)
    keys.to_clip(r'visual_projection\.weight', 'visual.proj', _turn)
    keys.to_clip(r'text_projection\.weight', 'text_projection', _turn)
    return {}


def _turn(tensor: Tensor) -> Tensor:
    return tensor.T.contiguous()


def _openai(keys: Keys, prefix: str = '') -> None:
    keys.drop(prefix + f'(?:{CLIP_BUFFERS})', 'follows from the shapes')
    keys.to_clip(f'{prefix}({CLIP_NAME})', r'\1')


def _split_towers(keys: Keys) -> None:
    """The towers' names of the CoOp family."""
    keys.to_clip('logit_scale', 'logit_scale')
    keys.to_clip(r'image_encoder\.(.+)', r'visual.\1')
    keys.to_clip(r'text_encoder\.(.+)', r'\1')
    keys.to_clip(r'token_embedding\.weight', 'token_embedding.weight')


def _deep(
    keys: Keys, name: str, of_layers: str, first: int = 0
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


def _pack(keys: Keys, attention: str, block: str) -> None:
    """Separate maps of query, key and value to CLIP's packed one."""
    for kind in ('weight', 'bias'):
        name = f'{block}.attn.in_proj_{kind}'
        parts = [
            keys.take(f'{attention}.{part}_proj.{kind}', f'CLIP {name}')
            for part in 'qkv'
        ]
        keys.clip[name] = torch.cat(parts)


def _vita_tokens(keys: Keys) -> dict[str, Any]:
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


def _pack_part(keys: Keys, attention: str, ours: str) -> None:
    for kind in ('weight', 'bias'):
        parts = [
            keys.take(f'{attention}.{part}_proj.{kind}', f'{ours}.in_proj')
            for part in 'qkv'
        ]
        keys.parts[f'{ours}.in_proj_{kind}'] = torch.cat(parts)
        keys.parts[f'{ours}.out_proj.{kind}'] = keys.take(
            f'{attention}.out_proj.{kind}', f'{ours}.out_proj'
        )


def _vita_clip(keys: Keys) -> None:
    block, ours = (
        r'visual\.blocks\.(\d+)',
        r'visual.transformer.resblocks.\1',
    )
    for i in keys.numbers(rf'{block}\..+'):
        _pack(
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


def _fusion(keys: Keys, prefix: str, eps: float) -> dict[str, Any]:
    """ActionCLIP's fusion module, whatever it is."""
    table = (
        rf'{prefix}(?:frame_position_embeddings\.weight|positional_embedding)'
    )
    encoder = rf'{prefix}transformer\.'
    layers = keys.numbers(rf'{encoder}resblocks\.(\d+)\..+')
    pooler: dict[str, Any] = dict(type='MeanPooler')
    if layers:
        names = keys.find(table)
        if not names:
            raise UserError('the checkpoint has no positions of the frames')
        pooler = dict(
            type='TransformerPooler',
            num_layers=len(layers),
            num_positions=len(keys.look(names[0][0])),
            eps=eps,
        )
        keys.to_part(table, 'pooler.positions')
        keys.to_part(encoder + BLOCK, r'pooler.blocks.\1')
    elif keys.find(rf'{prefix}lstm_visual\..+'):
        pooler = dict(type='LSTMPooler')
        keys.to_part(rf'{prefix}lstm_visual\.(.+)', r'pooler.lstm.\1')
    elif keys.find(rf'{prefix}shift\.weight'):
        pooler = dict(type='Conv1dPooler')
        keys.to_part(rf'{prefix}shift\.weight', 'pooler.conv.weight')
    elif keys.find(rf'{encoder}cls_token'):
        pooler = _class_token(keys, encoder)
    keys.drop(table, 'not used by this fusion')
    return pooler


def _class_token(keys: Keys, encoder: str) -> dict[str, Any]:
    layers = keys.numbers(rf'{encoder}transformer_enc\.layers\.(\d+)\..+')
    prefix = encoder.replace('\\', '')
    hidden = len(keys.look(f'{prefix}transformer_enc.layers.0.linear1.weight'))
    positions = keys.look(f'{prefix}pos_embed').size(1)
    keys.to_part(rf'{encoder}cls_token', 'pooler.cls_token', torch.ravel)
    keys.to_part(rf'{encoder}pos_embed', 'pooler.positions', lambda x: x[0])
    keys.to_part(rf'{encoder}transformer_enc\.(.+)', r'pooler.encoder.\1')
    return dict(
        type='ClassTokenPooler',
        num_layers=len(layers),
        num_positions=positions - 1,
        hidden=hidden,
    )


def _without_text(keys: Keys) -> None:
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
