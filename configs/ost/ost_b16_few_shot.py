"""OST, few shots of each class.

What: as ost_b16_k400_zs, from CLIP; 50 epochs, batch 64 of 8 GPUs x 4 x 2
steps; 149,620,737 trainable parameters.
Whose: OST (CVPR 2024).
Run: vlprompt eval few-shot configs/ost/ost_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 59.1 / 62.9 / 64.9 / 68.2, UCF-101 82.5 / 87.5 / 91.7 /
93.9, SSv2 7.0 / 7.7 / 8.9 / 12.2 top-1 with 2 / 4 / 8 / 16 shots (OST README).
Not measured here.
"""

_base_ = [
    '../_base_/models/ost_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=4, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=5e-6), accumulative_counts=2)
auto_scale_lr = dict(enable=False, base_batch_size=64)
