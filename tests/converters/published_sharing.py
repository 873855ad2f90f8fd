"""Checkpoints of methods whose frames share keys and values."""

import published
import torch
from published import (
    CLASSES,
    FRAMES,
    LAYERS,
    OPTIMIZER,
    RESBLOCK,
    SCALE,
    VISUAL,
    WIDTH,
    Maker,
    Release,
    under,
)

ZEROI2V_PLACES = dict(
    T_Adapter_in='ln_1',
    S_Adapter='attention',
    MLP_Adapter='ln_2',
    MLP_Adapter_out='mlp',
)


# methods.md, 2.2
def openvclip() -> Release:
    """Open-VCLIP: a CLIP below ``model.``, below ``model_state``."""
    make = Maker(13, half=True)
    clip, ours = published.openai(make)
    state = under('model.', {**clip, **published.BUFFERS})
    numbers = {
        'backbone.adapters.0.type': 'NeighborKV',
        'texts.template': 'openvclip28',
        'pooler.type': 'IdentityPooler',
        'cls_head.fusion': 'decision',
    }
    content = dict(
        epoch=21,
        model_state=state,
        optimizer_state=OPTIMIZER,
        cfg='TRAIN:\n  ENABLE: True\n',
    )
    return Release(
        'openvclip',
        state,
        content,
        published.whole(ours),
        numbers,
        (VISUAL, SCALE),
    )


# methods.md, 2.2
def zeroi2v(
    places: int = 4, classes: int = CLASSES, hidden: int = 24
) -> Release:
    """ZeroI2V with adapters at so many places; 0 if they are merged."""
    make = Maker(14)
    visual = make.visual()
    del visual['proj']
    head = make.linear('fc_cls', classes, WIDTH)
    times = make(1, FRAMES, WIDTH)
    state = {
        **under('backbone.', visual),
        'backbone.temporal_embedding': times,
        **under('cls_head.', head),
    }
    ours = {
        **under(VISUAL, visual),
        'backbone.embeddings.0.vectors': times[0],
        **under('cls_head.', head),
    }
    names = dict(list(ZEROI2V_PLACES.items())[:places])
    for i in range(LAYERS):
        for theirs, own in names.items():
            maps = {
                **make.linear('1', hidden, WIDTH),
                **make.linear('2', WIDTH, hidden),
            }
            block = f'backbone.{RESBLOCK}{i}'
            state |= under(f'{block}.{theirs}.D_fc', maps)
            ours |= under(f'backbone.adapters.{i}.1.maps.{own}.fc', maps)
    something = classes == 174
    numbers = {
        'backbone.embeddings.0.num_frames': FRAMES,
        'backbone.adapters.0.type': 'HeadShift',
        'backbone.adapters.0.offsets': [-1, 1, -2, 2] if something else None,
        'backbone.project': False,
        'cls_head.num_classes': classes,
    }
    if places:
        numbers |= {
            'backbone.adapters.1.type': 'LinearAdapter',
            'backbone.adapters.1.places': list(names.values()),
            'backbone.adapters.1.ratio': hidden / WIDTH,
            'backbone.adapters.1.scale': 1.0 if something else None,
            'backbone.adapters.1.dropout': 0.0 if something else None,
        }
    learned = (
        'backbone.embeddings.',
        VISUAL + 'ln_post.',
        'cls_head.',
        *(('backbone.adapters.',) if places else ()),
    )
    content = dict(
        meta=dict(epoch=40, cfg='model = dict()'),
        state_dict=state,
        optimizer=OPTIMIZER,
        message_hub=dict(iter=torch.tensor(7)),
    )
    return Release('zeroi2v', state, content, ours, numbers, learned)


RELEASES = {
    'openvclip': openvclip,
    'zeroi2v': zeroi2v,
    'zeroi2v of three places': lambda: zeroi2v(3),
    'zeroi2v merged': lambda: zeroi2v(0),
}
