"""CLIP4Clip (meanP), text to video retrieval.

What: ViT-B/32, 12 frames; 5 epochs, batch 128; 123,540,993 trainable
parameters.
Whose: CLIP4Clip (Neurocomputing 2022).
Run: vlprompt train configs/clip4clip/clip4clip_b32_retrieval.py
The config is MSR-VTT 9k; vlprompt eval retrieval, with the same config,
--train and --datasets msrvtt9k msvd lsmdc, runs it on others as well.
Published: MSR-VTT 43.1 R@1, 70.4 R@5, 16.2 mean rank; MSVD 46.2 R@1, 76.1 R@5,
10.0 mean rank; LSMDC 20.7 R@1, 38.9 R@5, 65.3 mean rank (ViLT T7).  Not
measured here.
"""

_base_ = [
    '../_base_/models/clip4clip_b32.py',
    '../_base_/datasets/msrvtt9k.py',
    '../_base_/pipelines/seconds12.py',
    '../_base_/schedules/clip4clip.py',
    '../_base_/clip4clip_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
