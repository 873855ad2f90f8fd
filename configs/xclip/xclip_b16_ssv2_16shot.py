"""X-CLIP, 16 shots of each class of Something-Something v2.

What: 32 frames, one view, 50 epochs; 131,513,344 trainable parameters.
Whose: X-CLIP (ECCV 2022), as printed by ViFi-CLIP, Table 3.
Run: bash tools/dist_train.sh configs/xclip/xclip_b16_ssv2_16shot.py 8
Published: 10.0 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/xclip_b16.py',
    '../_base_/datasets/ssv2_few_shot.py',
    '../_base_/schedules/xclip.py',
    '../_base_/default_runtime.py',
]

model = dict(pooler=dict(num_positions=32))
train_cfg = dict(max_epochs=50, val_interval=10)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
ann_file = 'data/ssv2/splits/train1_few_shot_16.txt'
train_dataloader = dict(dataset=dict(ann_file=ann_file))
auto_scale_lr = dict(enable=False, base_batch_size=64)
