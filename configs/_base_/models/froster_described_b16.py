"""FROSTER with its sentences about the classes.

In training a class is its sentence, alone and after one template with its
name, drawn for each step; in evaluation it is the mean over 28 templates.
"""

_base_ = ['clip_b16.py']

# {class name: ['Name: sentence']}, by `vlprompt data descriptions`; the first
# file that is there and has every class of a data set is used.
roots = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')

model = dict(
    backbone=dict(adapters=[dict(type='NeighborKV')]),
    texts=dict(
        _delete_=True,
        type='TemplatedDescriptionTexts',
        descriptions=[f'data/{root}/descriptions.json' for root in roots],
        names_in='openvclip28',
        template='{text}',
    ),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(
        fusion='decision',
        regularizers=dict(distillation=dict(type='FeatureDistillationLoss')),
    ),
    trainable=['*'],
)
