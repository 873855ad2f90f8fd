"""Checkpoints of methods that look across frames, in their own layouts.

As in ``published``: from key names and shapes, not from the converters.
"""

import torch
from published import (
    CLASSES,
    EMBED,
    FRAMES,
    LAYERS,
    LENGTH,
    OPTIMIZER,
    RESBLOCK,
    SCALE,
    TEXT,
    TEXT_LAYERS,
    VISUAL,
    WIDTH,
    Maker,
    Release,
    Tensors,
    base_clip,
    openai,
    under,
    whole,
)

HIDDEN = 24


# methods.md, 2.8
def st_adapter(places: tuple[str, ...] = ('pre_mlp',)) -> Release:
    """ST-Adapter with adapters at one place of a layer, or at both."""
    make = Maker(20)
    visual = make.visual()
    del visual['proj']
    # frozen weights are in half precision in a file that has them
    visual = {name: tensor.half() for name, tensor in visual.items()}
    head = make.linear('', CLASSES, WIDTH)
    state = {**visual, **under('fc', head)}
    ours = {**under(VISUAL, visual), **under('cls_head.fc_cls', head)}
    for i in range(LAYERS):
        for place, name in enumerate(places):
            adapter = {
                **make.linear('fc1', HIDDEN, WIDTH),
                'conv.weight': make(HIDDEN, 1, 3, 1, 1),
                'conv.bias': make(HIDDEN),
                **make.linear('fc2', WIDTH, HIDDEN),
            }
            state |= under(f'{RESBLOCK}{i}.adapter_{name}.', adapter)
            ours |= under(f'backbone.adapters.{i}.{place}.adapter.', adapter)
    numbers = {
        'backbone.project': False,
        'backbone.adapters.0.hidden': HIDDEN,
        'backbone.adapters.0.taps': 3,
        'backbone.adapters.0.type': 'PreMLPSTAdapter'
        if len(places) == 1
        else 'PreAttentionSTAdapter',
        'pooler.type': 'MeanThenNormPooler',
        'cls_head.num_classes': CLASSES,
    }
    content = dict(
        model=state, optimizer=OPTIMIZER, lr_sched={}, next_epoch=12
    )
    learned = ('backbone.adapters.', 'cls_head.')
    return Release('st-adapter', state, content, whole(ours), numbers, learned)


def st_adapter_alone() -> Release:
    """As its own program saves it: what is learned, and nothing frozen."""
    release = st_adapter()
    own = {
        name: tensor
        for name, tensor in release.state.items()
        if 'adapter' in name or name.startswith('fc.')
    }
    learned = {
        name: tensor
        for name, tensor in release.expected.items()
        if not name.startswith(VISUAL)
    }
    visual = {
        'backbone.' + name: tensor
        for name, tensor in base_clip().items()
        if name.startswith('visual.') and name != 'visual.proj'
    }
    return release._replace(
        state=own,
        content=dict(release.content, model=own),
        expected={**visual, **learned},
        base=True,
    )


# methods.md, 2.7
def t2l(token: bool = True, times: bool = False) -> Release:
    """T2L, with or without temporal tokens and a time embedding."""
    make = Maker(21, half=True)
    state, ours = openai(make)
    vectors = make(LAYERS, FRAMES, WIDTH)
    # one that exists, and is never trained
    state['visual.temporal_embedding'] = torch.zeros(1, FRAMES, WIDTH)
    if times:
        state['visual.temporal_embedding'] = make(1, FRAMES, WIDTH)
        ours['backbone.embeddings.0.vectors'] = state[
            'visual.temporal_embedding'
        ][0]
    if token:
        state['visual.transformer.T_prompt_embeddings'] = vectors
    for tower, mine, num, place in (
        ('visual.', 'backbone', LAYERS, int(token)),
        ('', 'text_encoder', TEXT_LAYERS, 0),
    ):
        for i in range(num):
            fc1 = make.linear('1', WIDTH // 4, WIDTH)
            fc2 = make.linear('2', WIDTH, WIDTH // 4)
            theirs = f'{tower}{RESBLOCK}{i}.Adapter.D_fc'
            state |= under(theirs, {**fc1, **fc2})
            part = f'{mine}.adapters.{i}.{place}.bottleneck.fc'
            ours |= under(part, {**fc1, **fc2})
            if token and mine == 'backbone':
                ours[f'{mine}.adapters.{i}.0.vectors'] = vectors[i]
    numbers = {
        f'backbone.adapters.{int(token)}.type': 'BottleneckAdapter',
        f'backbone.adapters.{int(token)}.ratio': 0.25,
        'text_encoder.adapters.0.ratio': 0.25,
        'texts.template': '{}',
        'cls_head.test_temperature': 0.01,
        'cls_head.regularizers.motion.type': 'MotionLoss',
    }
    if token:
        numbers['backbone.adapters.0.num_frames'] = FRAMES
    content = dict(
        epoch=9, model_state_dict=state, optimizer_state_dict=OPTIMIZER
    )
    learned = ('backbone.adapters.', 'text_encoder.adapters.')
    return Release('t2l', state, content, whole(ours), numbers, learned)


def _experts(make: Maker, num: int) -> tuple[Tensors, Tensors]:
    """An MLP of several, as published and as ours."""
    if num == 0:  # one MLP as in any block
        block = make.block()
        mlp = {n: t for n, t in block.items() if n.startswith('mlp.')}
        return mlp, {n.removeprefix('mlp.'): t[None] for n, t in mlp.items()}
    theirs: Tensors = {'mlp.mote_fusion_weight': torch.zeros(num)}
    ours: Tensors = {}
    for name, mine, out, into in (
        ('fc_up', 'c_fc', 4 * EMBED, EMBED),
        ('fc_dn', 'c_proj', EMBED, 4 * EMBED),
    ):
        linears = [make.linear('', out, into) for _ in range(num)]
        for e, linear in enumerate(linears):
            theirs |= under(f'mlp.{name}.{e}', linear)
        for p in ('.weight', '.bias'):
            ours[mine + p] = torch.stack([linear[p] for linear in linears])
    return theirs, ours


# methods.md, 2.9
def mote(num_experts: int = 3) -> Release:
    """MoTE of two blocks, trained on 5 classes."""
    make = Maker(22)
    visual, scale, base = make.visual(), make.scale(), base_clip()
    model = {**under('visual.', visual), 'logit_scale': scale}
    fusion = {
        'spe_cls_feature': make(5, EMBED),
        'frame_position_embeddings.weight': make(LENGTH, EMBED),
    }
    ours = {
        **under(VISUAL, visual),
        SCALE: scale,
        'cls_head.positions': fusion['frame_position_embeddings.weight'],
    }
    for name, tensor in base.items():
        if not name.startswith('visual.') and name != 'logit_scale':
            ours[TEXT + name] = tensor
    for i in range(2):
        block = {n: t for n, t in make.block().items() if 'mlp' not in n}
        theirs, mine = _experts(make, num_experts)
        fusion |= under(f'{RESBLOCK}{i}.', {**block, **theirs})
        ours |= under(f'cls_head.blocks.{i}.', {**block, **mine})
    numbers = {
        'texts.template': 'openvclip28',
        'pooler.type': 'IdentityPooler',
        'cls_head.type': 'MoTEHead',
        'cls_head.num_layers': 2,
        'cls_head.num_experts': max(1, num_experts),
        'cls_head.num_positions': LENGTH,
        'cls_head.num_supervised': 5,
        'cls_head.test_temperature': 1.0,
    }
    content = dict(
        epoch=29,
        model_state_dict=model,
        fusion_model_state_dict=fusion,
        optimizer_state_dict=OPTIMIZER,
    )
    state = {**model, **under('fusion.', fusion)}
    learned = (VISUAL, 'cls_head.')
    return Release('mote', state, content, ours, numbers, learned, base=True)


RELEASES = {
    'st-adapter': st_adapter,
    'st-adapter at both places': lambda: st_adapter(('pre_attn', 'pre_mlp')),
    'st-adapter without its tower': st_adapter_alone,
    'mote': mote,
    'mote without experts': lambda: mote(0),
    't2l': t2l,
    't2l without its tokens': lambda: t2l(token=False),
    't2l with a time embedding': lambda: t2l(times=True),
}
