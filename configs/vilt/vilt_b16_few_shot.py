"""ViLT-CLIP, few shots of each class.

What: 10 prompts in all 12 layers, text leads in 6; 32 frames, one view;
864,512 trainable parameters; 30 epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 1; the batch is ViFi-CLIP's.
Run: vlprompt eval few-shot configs/vilt/vilt_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: HMDB-51 60.6 / 61.9 / 66.9 / 69.6, UCF-101 85.3 / 90.0 / 91.3 /
93.8, SSv2 7.8 / 9.4 / 10.3 / 13.2 top-1 with 2 / 4 / 8 / 16 shots (ViLT T1).
Not measured here.
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
