"""CLIP text-FT, fully supervised on Kinetics-400.

What: 16 frames, tested with 4 x 3 views; 30 epochs, batch 256; 38,131,200
trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 4.
Run: bash tools/dist_train.sh configs/vifi/vifi_text_b16_k400.py 8
Published: K-400 73.1 top-1, 91.2 top-5 with 16 frames, 4 x 3 views (ViFi T4).
Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_text_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments16.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

optim_wrapper = dict(optimizer=dict(lr=8e-6))
auto_scale_lr = dict(enable=False, base_batch_size=256)
