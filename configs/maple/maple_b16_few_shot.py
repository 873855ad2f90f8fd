"""MaPLe for video, few shots of each class.

What: 2 text prompts in the first 9 layers, started from "a photo", and one
map to vision for each: 3,555,072 trainable parameters; 32 frames.
Whose: MaPLe (CVPR 2023), with the schedule of ViLT-CLIP's few-shot setting.
Run: vlprompt eval few-shot configs/maple/maple_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16_mixup.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/few_shot.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    texts=dict(template='[a photo] {}.'),
    prompts=dict(
        type='ViLTPrompts', depth=9, coupling='text2vision', shared=False
    ),
    trainable=['prompts.*'],
)
