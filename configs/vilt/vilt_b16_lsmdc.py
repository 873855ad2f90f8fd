"""ViLT-CLIP, text to video retrieval on LSMDC.

What: 6 prompts in all 12 layers, text leads in 6; 16 frames, captions in
pairs with their videos, no scenario loss; 833,792 trainable parameters.
Whose: ViLT-CLIP (AAAI 2024), Tables 5 and 7; epochs, batch and rate are ours.
Run: bash tools/dist_train.sh configs/vilt/vilt_b16_lsmdc.py 8
Published: 18.3 R@1, 37.1 R@5, 66.5 mean rank.  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16_retrieval.py',
    '../_base_/datasets/lsmdc_segments16.py',
    '../_base_/schedules/retrieval.py',
    '../_base_/retrieval_runtime.py',
]

default_hooks = dict(checkpoint=dict(save_best='t2v/R1', rule='greater'))
