"""Tip-Adapter, few shots of each class: nothing is trained.

What: the logits of CLIP and those of a cache of the training videos, each the
mean of 10 augmented views; 32 frames, one view; alpha 3, beta 1.
Whose: Tip-Adapter (ECCV 2022); alpha and beta are where its search for
UCF-101 starts.
Run: vlprompt eval few-shot configs/tip/tip_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2.  To search alpha and beta on a list of
videos that are not tested: --cfg-options train_cfg.search.start=0.1, with
val_dataloader.dataset.ann_file (vlprompt train; see the README).
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/tip_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/tip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
