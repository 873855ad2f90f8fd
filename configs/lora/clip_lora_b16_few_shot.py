"""CLIP-LoRA, few shots of each class.

What: rank 2 on q, k and v of all layers of both towers, the logit scale fixed;
8 frames, one view; 314 epochs, batch 32; 184,320 trainable parameters.
Whose: CLIP-LoRA (CVPRW 2024), which adapts to images; frames, augmentation and
views are ours.  It trains 500 steps for each shot of a class, which is 16000
epochs over the number of classes: 314 of HMDB-51, 158 of UCF101, 92 of SSv2.
Run: vlprompt eval few-shot configs/lora/clip_lora_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_lora_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments8_one_view.py',
    '../_base_/schedules/clip_lora.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=314, val_interval=50)
