"""Vanilla CLIP on Kinetics-400, and on any other data set.

What: nothing is learned: the bare class name, mean over 32 frames, one view.
Whose: CLIP (Radford et al., 2021), evaluated as in ViFi-CLIP (CVPR 2023); the
protocol of the number of ViLT-CLIP, Table 6, is not given.
Run: python tools/test.py configs/clip/clip_b16_k400.py none
Other data sets: vlprompt eval zero-shot configs/clip/clip_b16_k400.py none
--datasets hmdb51 ucf101 ssv2 kinetics600
Published: HMDB-51 40.8 +- 0.3 top-1; UCF-101 63.2 +- 0.2 top-1; K-600 59.8 +-
0.3 top-1, 83.5 +- 0.2 top-5 (ViFi T1); HMDB-51 41.9, UCF-101 63.6, SSv2 2.7
top-1 (ViFi T3); K-400 40.1 top-1 (ViLT T6).  Not measured here.
"""

_base_ = [
    '../_base_/models/clip_b16_imagenet_stats.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(
    batch_size=32, dataset=dict(pipeline=_base_.test_pipeline)
)

model = dict(texts=dict(template='{}'))
