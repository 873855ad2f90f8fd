"""TC-CLIP, base to novel classes.

What: 16 shots of each base class, 16 frames, two views; 12 epochs, batch 64;
127,479,561 trainable parameters.
Whose: TC-CLIP (ECCV 2024): means over three draws of the shots.
Run: vlprompt eval base-to-novel configs/tc_clip/tc_clip_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: K-400 78.9 base, 63.6 novel, 70.4 HM; HMDB-51 73.3 base, 54.1 novel,
62.2 HM; UCF-101 95.5 base, 78.0 novel, 85.9 HM; SSv2 17.5 base, 13.4 novel,
15.2 HM (TC-CLIP README).  Not measured here.
"""

_base_ = [
    '../_base_/models/tc_clip_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments16_2views.py',
    '../_base_/schedules/tc_clip.py',
    '../_base_/default_runtime.py',
]

val_pipeline = _base_.test_pipeline
train_dataloader = dict(
    dataset=dict(pipeline=_base_.train_pipeline, text_clean='capitals')
)
val_dataloader = dict(
    dataset=dict(pipeline=val_pipeline, text_clean='capitals')
)
test_dataloader = dict(
    dataset=dict(pipeline=_base_.test_pipeline, text_clean='capitals')
)

train_cfg = dict(max_epochs=12)
optim_wrapper = dict(optimizer=dict(lr=3.33e-6))
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=2,
        min_ratio=0.01,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=64)
