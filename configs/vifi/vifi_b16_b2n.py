"""ViFi-CLIP, base to novel classes.

What: 16 shots of each base class, 32 frames, one view; 11 epochs, batch 64;
124,323,841 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023), Table 2: means over three draws of the shots.
Run: vlprompt eval base-to-novel configs/vifi/vifi_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: K-400 76.4 base, 61.1 novel, 67.9 HM; HMDB-51 73.8 base, 53.3 novel,
61.9 HM; UCF-101 92.9 base, 67.7 novel, 78.3 HM; SSv2 16.2 base, 12.1 novel,
13.9 HM (ViFi T2).  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/adamw_warmup_cosine.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=11)
optim_wrapper = dict(optimizer=dict(lr=2e-6))
auto_scale_lr = dict(enable=False, base_batch_size=64)
