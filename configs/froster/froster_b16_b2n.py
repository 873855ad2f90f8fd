"""FROSTER, base to novel classes.

What: sentences about the classes, 16 shots of each base class, 8 frames,
tested with 3 clips; 12 epochs, batch 64; 150,669,313 trainable parameters.
What is published is of averaged.pth.
Whose: FROSTER (ICLR 2024).
Run: vlprompt eval base-to-novel configs/froster/froster_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: K-400 70.4, HMDB-51 65.1, UCF-101 87.0, SSv2 14.6 HM (FROSTER
README).  Not measured here.
"""

_base_ = [
    '../_base_/models/froster_described_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/openvclip8.py',
    '../_base_/schedules/openvclip.py',
    '../_base_/swa_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=12)
