"""BDC-CLIP: ViT-B/16, three heads of all tokens; words alone are frozen."""

_base_ = ['clip_b16_imagenet_stats.py']

# {class name: [sentence, ...]}, by `vlprompt data descriptions`; the first
# file that is there and has every class of a data set is used.
roots = ('kinetics400', 'hmdb51', 'ucf101', 'ssv2', 'kinetics600')

model = dict(
    backbone=dict(
        adapters=[dict(type='JointFrames', layers=[3, 7, 11])],
        token_pooler=dict(type='TemporalDistanceCovariancePooler'),
    ),
    text_encoder=dict(
        type='TokenPoolingTextTower',
        token_pooler=dict(type='DistanceCovariancePooler'),
    ),
    texts=dict(
        _delete_=True,
        type='DescriptionTexts',
        descriptions=[f'data/{root}/descriptions.json' for root in roots],
        use='random',
        template='{text}',
    ),
    cls_head=dict(
        type='ProbabilityEnsembleHead',
        members=dict(
            # PyTorch's initial weights
            linear=dict(
                type='LinearHead', num_classes=400, dropout=0.0, std=None
            ),
            bdc=dict(
                type='SimilarityHead', temperature=0.01, test_divisor=5.0
            ),
        ),
        # those of the released code where a data set has none of its own,
        # and those of its zero-shot tests for classes of no linear head
        weights=[
            dict(num_classes=400, cosine=0.2, linear=0.3, bdc=0.5),
            dict(cosine=0.1, bdc=0.9),
        ],
        label_smooth_eps=0.1,
    ),
    trainable=[
        'backbone.*',
        'text_encoder.token_pooler.*',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        'cls_head.*',
    ],
)
