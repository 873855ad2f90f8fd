"""OST: ViT-B/16 as it is, frames matched with sentences; all is trained."""

_base_ = ['clip_b16_imagenet_stats.py']

# {class name: [4 sentences]}, by `vlprompt data descriptions`; the first file
# that is there and has every class of a data set is used.
roots = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')

model = dict(
    texts=dict(
        _delete_=True,
        type='TwoLevelTexts',
        spatial=[f'data/{root}/descriptions_spatial.json' for root in roots],
        temporal=[f'data/{root}/descriptions_temporal.json' for root in roots],
    ),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        type='OptimalTransportHead',
        # the sum of both directions, not their mean
        alignment=dict(type='SoftTargetKLLoss', loss_weight=2.0),
    ),
    trainable=['*'],
)
