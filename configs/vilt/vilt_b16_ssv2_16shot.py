"""ViLT-CLIP, 16 shots of each class of Something-Something v2.

What: 10 prompts in all 12 layers, text leads in 6; 32 frames, one view;
864,512 trainable parameters; 30 epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 1; the batch is ViFi-CLIP's.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_ssv2_16shot.py 8
Published: 13.2 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/ssv2_few_shot.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

model = dict(prompts=dict(depth=12))
