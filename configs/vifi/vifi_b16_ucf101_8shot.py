"""ViFi-CLIP, 8 shots of each class of UCF101.

What: 32 frames, one view; 50 epochs, batch 64; 124,323,841 trainable
parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 3.
Run: bash tools/dist_train.sh configs/vifi/vifi_b16_ucf101_8shot.py 8
Published: 90.0 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16.py',
    '../_base_/datasets/ucf101_few_shot.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_cfg = dict(max_epochs=50)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
auto_scale_lr = dict(enable=False, base_batch_size=64)
ann_file = 'data/ucf101/splits/train1_few_shot_8.txt'
train_dataloader = dict(dataset=dict(ann_file=ann_file))
