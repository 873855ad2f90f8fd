"""ST-Adapter on Something-Something v2, 8 frames.

What: 24 adapters 384 wide, before attention and before the MLP; one frame
of each of 8 segments, 50 epochs, batch 256; 14,354,094 trainable parameters.
Whose: ST-Adapter (NeurIPS 2022), its clip_vit_base_patch16_adapter24x384.
Run: bash tools/dist_train.sh configs/st_adapter/st_adapter_b16_ssv2.py 8
Published: SSv2 66.9 top-1 with 8 frames, 1 x 3 views (ST-Adapter README).  Not
measured here.
"""

_base_ = [
    '../_base_/models/st_adapter_b16.py',
    '../_base_/datasets/ssv2.py',
    '../_base_/pipelines/st_adapter_segments8.py',
    '../_base_/schedules/st_adapter.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    backbone=dict(
        adapters=[
            dict(type='PreAttentionSTAdapter', hidden=384),
            dict(type='PreMLPSTAdapter', hidden=384),
        ]
    ),
    cls_head=dict(num_classes=174),
)
optim_wrapper = dict(optimizer=dict(lr=1e-3))
train_cfg = dict(max_epochs=50)
auto_scale_lr = dict(base_batch_size=256)
