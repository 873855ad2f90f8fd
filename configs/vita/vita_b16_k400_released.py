"""Vita-CLIP as its released code trains it.

What: as vita_b16_k400, with ``cls_proj`` frozen at its random start, as the
filter of the released code leaves it; 30,158,849 trainable parameters.
Whose: Vita-CLIP (CVPR 2023), released code.
Run: bash tools/dist_train.sh configs/vita/vita_b16_k400_released.py 8
Published: nothing for this reading.  Not measured here.
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
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    trainable=[
        'prompts.*',
        'backbone.embeddings.*',
        'backbone.adapters.*.*_prompts',
        'backbone.adapters.*.summary_*',
        'cls_head.logit_scale',
    ]
)
