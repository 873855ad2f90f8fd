"""TC-CLIP's checkpoint in the layout of its project."""

from published import (
    CLASSES,
    EMBED,
    LAYERS,
    OPTIMIZER,
    RESBLOCK,
    SCALE,
    TEXT,
    VISUAL,
    WIDTH,
    Maker,
    Release,
    pack,
    under,
    whole,
    words,
)


# methods.md, 2.5
def tc_clip(half: bool = False) -> Release:
    """TC-CLIP with 4 prompts, below ``model`` with the prefix of DDP.

    Its towers are named as ViFi-CLIP's; those of the frames have a map each
    for queries, keys and values.
    """
    make = Maker(30, half=half)
    visual, text, scale = make.visual(), make.text(), make.scale()
    state = {
        **under('image_encoder.', visual),
        **under('text_encoder.', text),
        'logit_scale': scale,
    }
    ours = {
        **under(VISUAL, visual),
        **under(TEXT, text),
        TEXT + 'token_embedding.weight': words(),
        SCALE: scale,
    }
    for i in range(LAYERS):
        attn = f'image_encoder.{RESBLOCK}{i}.attn'
        for p in ('weight', 'bias'):
            del state[f'{attn}.in_proj_{p}']
        for part in 'qkv':
            state |= make.linear(f'{attn}.{part}_proj', WIDTH, WIDTH)
        for p in ('weight', 'bias'):
            packed = pack(state, attn, p)
            ours[f'{VISUAL}{RESBLOCK}{i}.attn.in_proj_{p}'] = packed
        if i:
            state[f'{attn}.local_global_bias_table'] = make(1, 1, 2)
            ours[f'backbone.adapters.{i}.0.bias_table'] = state[
                f'{attn}.local_global_bias_table'
            ]
    generator = {**make.block(), **make.norm('ln_1_kv', EMBED)}
    ctx = make(4, WIDTH)
    state |= {
        'prompt_learner.ctx': ctx,
        'prompt_learner.token_prefix': make(CLASSES, 1, WIDTH),
        'prompt_learner.token_suffix': make(CLASSES, 30 - 5, WIDTH),
        **under('text_encoder.prompt_generation_layer.0.', generator),
    }
    ours |= {
        'prompts.free.text.vectors': ctx[None],
        **under('conditioner.', generator),
    }
    numbers = {
        'texts.template': '[4] {}.',
        'backbone.adapters.0.type': 'TemporalContext',
        'text_encoder.stop_before_last': True,
        'conditioner.type': 'VideoConditionalPrompts',
    }
    learned = (
        'backbone.',
        TEXT + 'transformer.',
        TEXT + 'positional_embedding',
        TEXT + 'ln_final.',
        TEXT + 'text_projection',
        'prompts.',
        'conditioner.',
        SCALE,
    )
    content = dict(
        model=under('module.', state),
        optimizer=OPTIMIZER,
        lr_scheduler=dict(last_epoch=9),
        max_accuracy=54.2,
        epoch=9,
    )
    return Release(
        'tc-clip', state, content, whole(ours), numbers, learned, base=True
    )


RELEASES = {
    'tc-clip': tc_clip,
    'tc-clip in half precision': lambda: tc_clip(half=True),
}
