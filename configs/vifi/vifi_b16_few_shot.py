"""ViFi-CLIP, few shots of each class.

What: both towers are fine-tuned; 32 frames, one view; 50 epochs, batch 64;
124,323,841 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 3.
Run: vlprompt eval few-shot configs/vifi/vifi_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 57.2 / 62.7 / 64.5 / 66.8, UCF-101 80.7 / 85.1 / 90.0 /
92.7, SSv2 6.2 / 7.4 / 8.5 / 12.4 top-1 with 2 / 4 / 8 / 16 shots (ViFi T3);
SSv2 12.4, HMDB-51 66.8, UCF-101 92.7 top-1 with 16 shots (ViFi T5).  Not
measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
auto_scale_lr = dict(enable=False, base_batch_size=64)
