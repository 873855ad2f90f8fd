"""T2L: temporal tokens and bottlenecks in a frozen ViT-B/16, 8 frames."""

_base_ = ['clip_b16.py']

# {class name: [sentence]}, by `vlprompt data descriptions`; the first file
# that is there and has every class of a data set is used.
roots = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')
inside = [
    dict(type='BottleneckAdapter'),
    dict(type='TokenDropPath', rate=0.1),
]

model = dict(
    backbone=dict(
        adapters=[dict(type='TemporalToken', num_frames=8), *inside]
    ),
    text_encoder=dict(adapters=inside),
    texts=dict(
        _delete_=True,
        type='BatchDescriptionTexts',
        descriptions=[f'data/{root}/descriptions_t2l.json' for root in roots],
        template='{text}',
    ),
    cls_head=dict(
        type='ContrastiveHead',
        alignment=dict(type='SoftTargetKLLoss'),
        regularizers=dict(motion=dict(type='MotionLoss')),
        test_temperature=0.01,
    ),
    trainable=['backbone.adapters.*', 'text_encoder.adapters.*'],
)
