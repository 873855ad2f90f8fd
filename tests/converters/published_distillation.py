"""Checkpoints of methods that learn beside a frozen CLIP."""

import published
import torch
from published import (
    CLASSES,
    EMBED,
    OPTIMIZER,
    RESBLOCK,
    TEXT,
    VISUAL,
    WIDTH,
    Maker,
    Release,
    under,
)

PROJECTORS = 'cls_head.regularizers.distillation.projectors'


# methods.md, 2.3
def froster(projectors: bool = True) -> Release:
    """FROSTER: its student, the frozen CLIP and the two projectors."""
    make = Maker(21, half=True)
    clip, ours = published.openai(make)
    raw, _ = published.openai(Maker(22, half=True))
    del raw['token_embedding.weight']  # large, and the same
    state = {**under('model.', clip), **under('raw_model.', raw)}
    if projectors:
        for theirs, own in (('v', 'visual'), ('t', 'text')):
            for place in (0, 2):
                tensor = make(EMBED, EMBED)
                state[f'projector_{theirs}.{place}.weight'] = tensor
                ours[f'{PROJECTORS}.{own}.{place}.weight'] = tensor
    numbers = {
        'backbone.adapters.0.type': 'NeighborKV',
        'texts.type': 'TemplatedDescriptionTexts',
        'texts.names_in': 'openvclip28',
        'texts.template': '{text}',
        'texts.descriptions.1': 'data/hmdb51/descriptions.json',
        'pooler.type': 'IdentityPooler',
        'cls_head.fusion': 'decision',
        'cls_head.regularizers.distillation.type': (
            'FeatureDistillationLoss' if projectors else None
        ),
    }
    content = dict(
        epoch=21,
        model_state=state,
        optimizer_state=OPTIMIZER,
        cfg='TRAIN:\n  ENABLE: True\n',
    )
    return Release(
        'froster',
        state,
        content,
        published.whole(ours),
        numbers,
        (VISUAL, TEXT, 'cls_head.'),
    )


# methods.md, 2.9; the names are those of its code
def promptsrc(depth: int = 2) -> Release:
    """PromptSRC with 4 + 4 prompts in the first layers."""
    make = Maker(23)
    state, ours = published.coop(make)
    prompts = dict(text=[make(4, WIDTH)], visual=[make(4, WIDTH)])
    state |= {
        'prompt_learner.token_prefix': make(CLASSES, 1, WIDTH),
        'prompt_learner.token_suffix': make(CLASSES, 76 - 4, WIDTH),
        **under(
            'prompt_learner.ZS_image_encoder.',
            {
                name.removeprefix('image_encoder.'): tensor.clone()
                for name, tensor in state.items()
                if name.startswith('image_encoder.')
            },
        ),
        'prompt_learner.ctx': prompts['text'][0],
        'image_encoder.VPT': prompts['visual'][0],
    }
    for i in range(1, depth):
        for tower, vectors in prompts.items():
            name = dict(text='text', visual='image')[tower]
            vectors.append(make(4, WIDTH))
            state[f'{name}_encoder.{RESBLOCK}{i}.VPT_shallow'] = vectors[-1]
    for tower, vectors in prompts.items():
        ours[f'prompts.free.{tower}.vectors'] = torch.stack(vectors)
    regularizers = 'cls_head.regularizers'
    numbers = {
        'texts.template': '[4] {}.',
        'prompts.text.layers': list(range(depth)),
        'prompts.visual.layers': list(range(depth)),
        'prompts.visual.num': 4,
        'teacher.texts.template': 'promptsrc60',
        'teacher.texts.ensemble': 'raw_embedding',
        f'{regularizers}.text_consistency.type': 'TextConsistencyLoss',
        f'{regularizers}.video_consistency.type': 'VideoConsistencyLoss',
        f'{regularizers}.logit_consistency.type': 'LogitConsistencyLoss',
    }
    content = dict(
        state_dict=state,
        epoch=20,
        optimizer=OPTIMIZER,
        scheduler=dict(last_epoch=20),
        val_result=None,
    )
    return Release(
        'promptsrc', state, content, ours, numbers, ('prompts.',), True
    )


RELEASES = {
    'froster': froster,
    'froster without projectors': lambda: froster(False),
    'promptsrc': promptsrc,
    'promptsrc of one layer': lambda: promptsrc(1),
}
