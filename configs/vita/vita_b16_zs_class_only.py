"""A Vita-CLIP with prompts for each class, on other classes.

What: the vision side of vita_b16_k400 with frozen texts of bare class names.
Whose: Vita-CLIP (CVPR 2023): the zero-shot path of the released code.
Run: bash tools/dist_test.sh configs/vita/vita_b16_zs_class_only.py CKPT 8
Published: HMDB-51 48.6 +- 0.6, UCF-101 75.0 +- 0.6, K-600 67.4 +- 0.5 top-1
(FROSTER).  Not measured here.
"""

_base_ = [
    '../_base_/models/vita_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/dense8.py',
    '../_base_/schedules/vita.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(
    dataset=dict(
        ann_file='data/hmdb51/splits/val1.txt',
        classes='hmdb51',
        data_prefix=dict(video='data/hmdb51/videos'),
        pipeline=_base_.test_pipeline,
    )
)

model = dict(
    texts=dict(template='{}'),
    prompts=None,
    trainable=[
        'backbone.embeddings.*',
        'backbone.adapters.*',
        'cls_head.logit_scale',
    ],
    not_loaded=['prompts.*'],
)
