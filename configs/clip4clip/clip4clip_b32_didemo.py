"""CLIP4Clip (meanP) on DiDeMo.

What: ViT-B/32, 64 frames of 32 seconds, 64 tokens; 5 epochs, batch 128;
123,540,993 trainable parameters.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: bash tools/dist_train.sh configs/clip4clip/clip4clip_b32_didemo.py 8
Published: DiDeMo 43.4 R@1, 70.2 R@5, 17.5 mean rank (ViLT T7).  Not measured
here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/didemo.py',
    '../_base_/pipelines/didemo_seconds64.py',
    '../_base_/schedules/clip4clip.py',
    '../_base_/clip4clip_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
default_hooks = dict(checkpoint=dict(save_best='t2v/R1', rule='greater'))

model = dict(texts=dict(max_tokens=64))
