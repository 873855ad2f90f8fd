"""ViLT-CLIP, text to video retrieval on DiDeMo.

What: 6 prompts in all 12 layers, text leads in 6; 16 frames, captions in
pairs with their videos, no scenario loss; 833,792 trainable parameters.
Whose: ViLT-CLIP (AAAI 2024), Tables 5 and 7; epochs, batch and rate are ours.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_didemo.py 8
Published: DiDeMo 39.7 R@1, 66.5 R@5, 15.3 mean rank (ViLT T7).  Not measured
here.
"""

_base_ = [
    '../_base_/models/vilt_b16_retrieval.py',
    '../_base_/datasets/didemo.py',
    '../_base_/pipelines/didemo_segments16.py',
    '../_base_/schedules/retrieval.py',
    '../_base_/retrieval_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

default_hooks = dict(checkpoint=dict(save_best='t2v/R1', rule='greater'))
