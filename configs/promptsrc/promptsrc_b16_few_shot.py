"""PromptSRC for video, few shots of each class.

What: 4 prompts in the first 9 layers of both towers, started from "a photo of
a" in the text, held near the frozen CLIP; 32 frames; 50 epochs, batch 4;
46,080 trainable parameters.
Whose: PromptSRC (ICCV 2023), with the mean over the frames.
Run: vlprompt eval few-shot configs/promptsrc/promptsrc_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/promptsrc_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/promptsrc.py',
    '../_base_/promptsrc_runtime.py',
]

train_dataloader = dict(
    batch_size=4, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=50, val_interval=10)
default_hooks = dict(average=dict(kind=('gaussian', 30, 30)))
