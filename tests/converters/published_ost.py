"""OST's checkpoint in its layout, with random weights."""

from published import (
    OPTIMIZER,
    SCALE,
    TEXT,
    VISUAL,
    Maker,
    Release,
    under,
    words,
)


# methods.md, 2.4
def ost() -> Release:
    """OST: all of CLIP in ViFi-CLIP's towers, with the prefix of DDP."""
    make = Maker(41)
    visual, text, scale = make.visual(), make.text(), make.scale()
    text['token_embedding.weight'] = words()
    state = {
        'logit_scale': scale,
        **under('image_encoder.', visual),
        **under('text_encoder.', text),
    }
    ours = {**under(VISUAL, visual), **under(TEXT, text), SCALE: scale}
    content = dict(
        model=under('module.', state),
        optimizer=OPTIMIZER,
        lr_scheduler=dict(last_epoch=9),
        max_accuracy=55.9,
        epoch=9,
    )
    numbers = {
        'texts.type': 'TwoLevelTexts',
        'texts.spatial.1': 'data/hmdb51/descriptions_spatial.json',
        'texts.temporal.0': 'data/kinetics400/descriptions_temporal.json',
        'pooler.type': 'IdentityPooler',
        'cls_head.type': 'OptimalTransportHead',
        'cls_head.alignment.loss_weight': 2.0,
        'prompts': None,
    }
    learned = ('backbone.', 'text_encoder.', 'cls_head.')
    return Release('ost', state, content, ours, numbers, learned)


RELEASES = {'ost': ost}
