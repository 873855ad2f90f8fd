"""ViLT-CLIP, 16 shots of each class of HMDB-51.

What: 10 prompts in all 12 layers, text leads in 6; 32 frames, one view;
864,512 trainable parameters; 30 epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 1; the batch is ViFi-CLIP's.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_hmdb51_16shot.py 8
Published: 69.6 top-1.  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(prompts=dict(depth=12))
