"""AIM on Something-Something v2, 8 frames.

What: two temporal adapters, joint ones at full scale; 14,343,342 trainable
parameters; 50 epochs.  The published RandAugment and random erasing are
left out.
Whose: AIM (ICLR 2023).
Run: bash tools/dist_train.sh configs/aim/aim_b16_ssv2.py 8
Published: nothing for this size that was at hand.  Not measured here.
"""

_base_ = [
    '../_base_/models/aim_b16.py',
    '../_base_/datasets/ssv2.py',
    '../_base_/pipelines/segments8.py',
    '../_base_/schedules/aim.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    backbone=dict(
        adapters=[dict(type='AIMAdapter', num_temporal=2, scale=1.0)]
    ),
    cls_head=dict(num_classes=174, label_smooth_eps=0.1),
)
train_cfg = dict(max_epochs=50)
