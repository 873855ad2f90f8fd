"""VL prompting, few shots of each class.

What: stage 2: 10 prompts in all layers of both towers on top of
vifi_b16_k400_zs; 50 epochs, batch 64; 153,600 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 7.
Run: vlprompt eval few-shot configs/vifi/vlp_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 63.0 / 65.1 / 69.6 / 72.0, UCF-101 91.0 / 93.7 / 95.0 /
96.4, SSv2 6.7 / 7.9 / 10.2 / 13.5 top-1 with 2 / 4 / 8 / 16 shots (ViFi T7).
Not measured here.
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
