"""Tip-Adapter-F, few shots of each class: the keys of the cache are learned.

What: Tip-Adapter, whose keys (of 816 videos: 417,792 trainable parameters)
learn for 20 epochs, AdamW at 1e-3, cosine; the last epoch counts.
Whose: Tip-Adapter (ECCV 2022); the release takes the epoch that is best on
the test list.
Run: vlprompt eval few-shot configs/tip/tip_f_b16_few_shot.py
With several processes, model.cls_head.num_keys has to say how many training
videos there are; a single one finds out.
Published: nothing on videos.  Not measured here.
"""

_base_ = [
    '../_base_/models/tip_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/tip_f.py',
    '../_base_/default_runtime.py',
]

model = dict(cls_head=dict(num_keys=816))

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
