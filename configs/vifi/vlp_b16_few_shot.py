"""VL prompting, 16 shots of each class of HMDB-51.

What: stage 2: 10 prompts in all layers of both towers on top of
vifi_b16_k400_zs; 50 epochs, batch 64; 153,600 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 7.
Run: bash tools/dist_train.sh configs/vifi/vlp_b16_hmdb51_16shot.py 8
Published: 72.0 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/vlp_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=8e-3))
auto_scale_lr = dict(enable=False, base_batch_size=64)
