"""BDC-CLIP trained on Kinetics-400 as the start of few-shot trainings.

What: as bdc_b16_k400_zs with twice the rates, 8e-6 for CLIP and 8e-4 for what
is new; tested on Kinetics-400; 132,007,826 trainable parameters.
Whose: BDC-CLIP (ICML 2025).
Run: bash tools/dist_train.sh configs/bdc/bdc_b16_k400.py 8
Published: nothing.  Not measured here.
"""

_base_ = [
    '../_base_/models/bdc_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/bdc.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=4, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(batch_size=8, dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(
    batch_size=8, dataset=dict(pipeline=_base_.test_pipeline)
)

optim_wrapper = dict(
    optimizer=dict(lr=8e-6),
    paramwise_cfg=dict(
        custom_keys={'cls_head.members.linear': dict(lr_mult=100.0)}
    ),
    accumulative_counts=8,
)
