"""Tip-Adapter in the toy world: nothing is trained.

What: the logits of CLIP and those of a cache of the training videos of the
base classes, which it is tested on.
Whose: Tip-Adapter (ECCV 2022).
Run: vlprompt train configs/tip/tip_toy.py
Measured: nothing here; `vlprompt eval few-shot` compares it in any few-shot
table.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/tip.py',
    '../_base_/default_runtime.py',
]

model = dict(
    cls_head=dict(type='CacheHead', alpha=3.0, beta=1.0),
    trainable=['cls_head.keys'],
)
test_dataloader = dict(
    dataset=dict(
        ann_file='data/toy/base_val.txt', classes='data/toy/base_labels.csv'
    )
)
