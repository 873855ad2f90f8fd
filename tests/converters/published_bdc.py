"""BDC-CLIP's checkpoints in their layout, with random weights."""

from published import (
    CLASSES,
    EMBED,
    LENGTH,
    OPTIMIZER,
    SCALE,
    TEXT,
    VISUAL,
    WIDTH,
    Maker,
    Release,
    base_clip,
    under,
)

REDUCED = 6
STATISTICS = REDUCED * (REDUCED + 1) // 2
MEMBERS = 'cls_head.members.'


# baselines.md, 3.3 and 4; methods.md, 2.9
def bdc(
    prefix: str = '_orig_mod.module.', head: str = 'vision_bdc_head'
) -> Release:
    """BDC-CLIP: ViFi-CLIP's towers, adapters and a linear head.

    Args:
        prefix: Of the compiled pretraining, or of DDP alone.
        head: The linear head that it was trained with.
    """
    make = Maker(61)
    visual, text, scale = make.visual(), make.text(), make.scale()
    linear = make.linear(head, CLASSES, STATISTICS)
    adapters = {
        **make.norm('vision_norm', EMBED),
        **make.norm('text_norm', EMBED),
        'vision_reduce.weight': make(REDUCED, EMBED),
        'text_reduce.weight': make(REDUCED, EMBED),
        'vision_q_proj.weight': make(REDUCED, REDUCED),
        'vision_k_proj.weight': make(REDUCED, REDUCED),
        'logits_scale_vision': make.scale(),
    }
    state = {
        'logit_scale_clip': scale,
        'prompt_learner.complete_text_embeddings': make(
            CLASSES, 2, LENGTH, WIDTH
        ),
        **under('image_encoder.', visual),
        **under('text_encoder.', text),
        **adapters,
        **linear,
    }
    names = {
        'vision_norm.weight': 'backbone.token_pooler.norm.weight',
        'vision_norm.bias': 'backbone.token_pooler.norm.bias',
        'vision_reduce.weight': 'backbone.token_pooler.reduce.weight',
        'vision_q_proj.weight': 'backbone.token_pooler.query.weight',
        'vision_k_proj.weight': 'backbone.token_pooler.key.weight',
        'text_norm.weight': 'text_encoder.token_pooler.norm.weight',
        'text_norm.bias': 'text_encoder.token_pooler.norm.bias',
        'text_reduce.weight': 'text_encoder.token_pooler.reduce.weight',
        'logits_scale_vision': MEMBERS + 'bdc.logit_scale',
        f'{head}.weight': MEMBERS + 'linear.fc_cls.weight',
        f'{head}.bias': MEMBERS + 'linear.fc_cls.bias',
    }
    words = 'token_embedding.weight'
    ours = {
        **under(VISUAL, visual),
        **under(TEXT, text),
        TEXT + words: base_clip()[words],
        SCALE: scale,
        **{new: state[old] for old, new in names.items()},
    }
    content = dict(
        model=under(prefix, state),
        optimizer=OPTIMIZER,
        lr_scheduler=dict(num_updates=9),
        scaler=dict(scale=65536.0),
        max_accuracy=0.0,
        epoch=9,
    )
    numbers = {
        'backbone.token_pooler.reduced_dim': REDUCED,
        'text_encoder.type': 'TokenPoolingTextTower',
        'text_encoder.token_pooler.reduced_dim': REDUCED,
        'texts.use': 'random',
        'texts.template': '{text}',
        'texts.descriptions.1': 'data/hmdb51/descriptions.json',
        'cls_head.type': 'ProbabilityEnsembleHead',
        'cls_head.members.linear.num_classes': CLASSES,
        'cls_head.members.bdc.test_divisor': 5.0,
        'cls_head.weights.0.num_classes': CLASSES,
        'cls_head.weights.1.cosine': 0.9,
        'cls_head.weights.2.bdc': 0.9,
        'prompts': None,
    }
    learned = (
        VISUAL,
        'backbone.token_pooler.',
        'text_encoder.token_pooler.',
        TEXT + 'transformer.',
        TEXT + 'positional_embedding',
        TEXT + 'ln_final.',
        TEXT + 'text_projection',
        'cls_head.',
    )
    return Release('bdc', state, content, ours, numbers, learned, base=True)


RELEASES = {
    'bdc': bdc,
    'bdc of another data set': lambda: bdc(
        'module.', 'vision_bdc_head_downstream'
    ),
}
