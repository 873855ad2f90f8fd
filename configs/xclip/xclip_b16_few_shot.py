"""X-CLIP, few shots of each class.

What: 32 frames, one view, 50 epochs; 131,513,344 trainable parameters.
Whose: X-CLIP (ECCV 2022), as printed by ViFi-CLIP, Table 3.
Run: vlprompt eval few-shot configs/xclip/xclip_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 53.0 / 57.3 / 62.8 / 64.0, UCF-101 48.5 / 75.6 / 83.7 /
91.4, SSv2 3.9 / 4.5 / 6.8 / 10.0 top-1 with 2 / 4 / 8 / 16 shots (ViFi T3).
Not measured here.
"""

_base_ = [
    '../_base_/models/xclip_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/xclip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(pooler=dict(num_positions=32))
train_cfg = dict(max_epochs=50, val_interval=10)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
auto_scale_lr = dict(enable=False, base_batch_size=64)
