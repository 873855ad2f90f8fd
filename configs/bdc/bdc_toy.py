"""BDC-CLIP in the toy world.

What: everything but the word embeddings is fine-tuned; distance covariance of
all tokens in 24 dimensions, a linear head for the 24 base classes, frames that
attend to each other in 2 of 4 layers; sentences about the classes.
Whose: BDC-CLIP (ICML 2025).
Run: python tools/train.py configs/bdc/bdc_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(
        adapters=[dict(type='JointFrames', layers=[1, 3])],
        token_pooler=dict(
            type='TemporalDistanceCovariancePooler', reduced_dim=24
        ),
    ),
    text_encoder=dict(
        type='TokenPoolingTextTower',
        token_pooler=dict(type='DistanceCovariancePooler', reduced_dim=24),
    ),
    texts=dict(
        _delete_=True,
        type='DescriptionTexts',
        descriptions='data/toy/descriptions.json',
        use='random',
        template='{text}',
    ),
    cls_head=dict(
        type='ProbabilityEnsembleHead',
        members=dict(
            linear=dict(
                type='LinearHead', num_classes=24, dropout=0.0, std=None
            ),
            bdc=dict(
                type='SimilarityHead', temperature=0.01, test_divisor=5.0
            ),
        ),
        weights=[
            dict(num_classes=24, cosine=0.2, linear=0.3, bdc=0.5),
            # other classes, of which the linear head knows nothing
            dict(cosine=0.5, bdc=0.5),
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
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(
        custom_keys={
            'token_pooler': dict(lr_mult=10.0),
            'cls_head.members.linear': dict(lr_mult=10.0),
        }
    ),
)
