"""Checkpoints of retrieval heads, in the layouts of their projects."""

from typing import Any

import published
from published import (
    EMBED,
    FRAMES,
    LENGTH,
    OPTIMIZER,
    SCALE,
    TEXT,
    VISUAL,
    Maker,
    Release,
    Tensors,
    under,
    whole,
)

TOWERS = (VISUAL, TEXT, 'cls_head.')


def _clip(make: Maker, transformers: bool) -> tuple[Tensors, Tensors]:
    """A CLIP as part of a model, and as parameters of ours."""
    if not transformers:
        state, ours = published.openai(make)
        return under('clip.', state), ours
    release = published.huggingface()
    ours = {
        SCALE
        if name == 'logit_scale'
        else f'backbone.{name}'
        if name.startswith('visual.')
        else f'{TEXT}{name}': tensor
        for name, tensor in release.expected.items()
    }
    return under('clip.', release.state), ours


# methods.md, 2.9 and 7.10
def xpool(transformers: bool = True) -> Release:
    """X-Pool, on the CLIP of transformers or on OpenAI's."""
    make = Maker(21)
    state, ours = _clip(make, transformers)
    pool = 'pool_frames.'
    for theirs, own in (
        ('cross_attn.q_proj', 'q_proj'),
        ('cross_attn.k_proj', 'k_proj'),
        ('cross_attn.v_proj', 'v_proj'),
        ('cross_attn.out_proj', 'out_proj'),
        ('linear_proj', 'linear'),
    ):
        linear = make.linear('x', EMBED, EMBED)
        for p in ('weight', 'bias'):
            state[f'{pool}{theirs}.{p}'] = linear[f'x.{p}']
            ours[f'cls_head.pooling.{own}.{p}'] = linear[f'x.{p}']
    for i in (1, 2, 3):
        norm = make.norm('x', EMBED)
        for p in ('weight', 'bias'):
            state[f'{pool}layer_norm{i}.{p}'] = norm[f'x.{p}']
            ours[f'cls_head.pooling.ln_{i}.{p}'] = norm[f'x.{p}']
    numbers = {
        'pooler.type': 'IdentityPooler',
        'cls_head.type': 'TextPoolingHead',
        'cls_head.alignment.type': 'SymmetricContrastiveLoss',
    }
    return _release('xpool', state, ours, numbers)


def tmass() -> Release:
    """T-MASS: the same, a radius, and a scalar of no use."""
    make = Maker(22)
    base = xpool()
    radius = make.linear('x', EMBED, FRAMES)
    branch = 'stochastic.std_branch.'
    state = {
        **base.state,
        f'{branch}learnable_scalar': make(1),
        f'{branch}linear_proj.weight': radius['x.weight'],
        f'{branch}linear_proj.bias': radius['x.bias'],
    }
    ours = {
        **base.expected,
        'cls_head.radius.weight': radius['x.weight'],
        'cls_head.radius.bias': radius['x.bias'],
    }
    numbers = {
        **base.numbers,
        'cls_head.type': 'StochasticTextHead',
        'cls_head.num_frames': FRAMES,
        'cls_head.support_weight': 0.8,
    }
    return _release('tmass', state, ours, numbers)


def wti(pooler: str = 'seqTransf', layers: int = 2) -> Release:
    """DRL's weighted token-wise interaction, a flat file."""
    make = Maker(23, half=True)
    state, ours = _clip(make, transformers=False)
    for side in ('text', 'video'):
        for i in range(layers):
            last = i == layers - 1
            linear = make.linear('x', 1 if last else EMBED, EMBED)
            place = '' if layers == 1 else f'.{2 * i}'
            for p in ('weight', 'bias'):
                state[f'{side}_weight_fc{place}.{p}'] = linear[f'x.{p}']
                own = f'cls_head.token_scores.{side}.{2 * i}.{p}'
                ours[own] = linear[f'x.{p}']
    numbers: dict[str, Any] = {
        'texts.max_tokens': 32,
        'text_encoder.all_tokens': 'longest',
        'pooler.type': 'IdentityPooler',
        'cls_head.type': 'TokenInteractionHead',
        'cls_head.num_layers': layers,
        'cls_head.padded_length': 32,
    }
    if pooler != 'None':
        positions = make(LENGTH, EMBED)
        state['frame_position_embeddings.weight'] = positions
        numbers['pooler.reduce.type'] = numbers.pop('pooler.type')
    if pooler == 'seqTransf':
        blocks = make.blocks(2)
        state |= under('transformerClip.resblocks.', blocks)
        ours |= under('pooler.blocks.', blocks)
        ours['pooler.positions'] = positions
        numbers |= {
            'pooler.type': 'TransformerPooler',
            'pooler.num_layers': 2,
            'pooler.num_positions': LENGTH,
            'pooler.eps': 1e-12,
        }
    elif pooler == 'seqLSTM':
        lstm = published._lstm(make)
        state |= under('lstm_visual.', lstm)
        ours |= under('pooler.lstm.', lstm)
        numbers['pooler.type'] = 'LSTMPooler'
    learned = (*TOWERS, 'pooler.')
    return Release(
        'wti', state, state, whole(ours), numbers, learned, captions=True
    )


def _release(
    kind: str, state: Tensors, ours: Tensors, numbers: dict
) -> Release:
    content = dict(
        epoch=5,
        state_dict=state,
        optimizer=OPTIMIZER,
        monitor_best=46.9,
    )
    return Release(
        kind, state, content, whole(ours), numbers, TOWERS, captions=True
    )


RELEASES = {
    'xpool': xpool,
    'xpool with OpenAI names': lambda: xpool(transformers=False),
    'tmass': tmass,
    'wti': wti,
    'wti without a transformer': lambda: wti('None', layers=1),
    'wti with an LSTM': lambda: wti('seqLSTM', layers=3),
}
