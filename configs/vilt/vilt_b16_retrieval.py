"""ViLT-CLIP, text to video retrieval.

What: 6 prompts in all 12 layers, text leads in 6; 16 frames, captions in
pairs with their videos, no scenario loss; 833,792 trainable parameters.
Whose: ViLT-CLIP (AAAI 2024), Tables 5 and 7; epochs, batch and rate are ours.
Run: vlprompt train configs/vilt/vilt_b16_retrieval.py
The config is MSR-VTT 9k; vlprompt eval retrieval, with the same config,
--train and --datasets msrvtt9k msvd lsmdc, runs it on others as well.
Published: MSR-VTT 44.8 R@1, 72.1 R@5, 13.6 mean rank; MSVD 47.3 R@1, 76.8 R@5,
9.8 mean rank; LSMDC 18.3 R@1, 37.1 R@5, 66.5 mean rank (ViLT T7).  Not
measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16_retrieval.py',
    '../_base_/datasets/msrvtt9k.py',
    '../_base_/pipelines/caption_segments16.py',
    '../_base_/schedules/retrieval.py',
    '../_base_/retrieval_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
