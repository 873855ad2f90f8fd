"""ZeroI2V on Something-Something v2, 16 frames.

What: heads shifted by one and by two frames, adapters at full scale without
dropout; tested with 3 crops; 50 epochs, batch 64; 14,349,486 trainable
parameters.  The published random erasing is left out.
Whose: ZeroI2V (ECCV 2024), the config of its release.
Run: bash tools/dist_train.sh configs/zeroi2v/zeroi2v_b16_ssv2.py 8
Published: nothing for this number of frames.  Not measured here.
"""

_base_ = [
    '../_base_/models/zeroi2v_b16.py',
    '../_base_/datasets/ssv2.py',
    '../_base_/pipelines/ssv2_segments16.py',
    '../_base_/schedules/zeroi2v.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    backbone=dict(
        adapters=[
            dict(type='HeadShift', offsets=(-1, 1, -2, 2)),
            dict(type='LinearAdapter', scale=1.0, dropout=0.0),
        ]
    ),
    cls_head=dict(num_classes=174, label_smooth_eps=0.1),
)
train_cfg = dict(max_epochs=50)
