"""A5, 16 shots of each class of UCF101.

What: 32 frames (the published 16 give 6,352,384), one view; 6,360,576
trainable parameters.
Whose: Ju et al. (ECCV 2022).  The depth of A5 and A6 is not certain;
the number is as printed by ViFi-CLIP, Table 3.
Run: bash tools/dist_train.sh configs/a5/a5_b16_ucf101_16shot.py 8
Published: 89.9 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/a5_b16.py',
    '../_base_/datasets/ucf101_few_shot.py',
    '../_base_/schedules/a5.py',
    '../_base_/default_runtime.py',
]

model = dict(pooler=dict(num_positions=32))
ann_file = 'data/ucf101/splits/train1_few_shot_16.txt'
train_dataloader = dict(dataset=dict(ann_file=ann_file))
