"""Open-VCLIP, base to novel classes.

What: 16 shots of each base class, 8 frames, tested with 3 clips; 12 epochs,
batch 64; 86,192,641 trainable parameters.
Whose: Open-VCLIP (ICML 2023), as FROSTER (ICLR 2024) has trained it.
Run: vlprompt eval base-to-novel configs/openvclip/openvclip_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: K-400 76.5 base, 62.6 novel, 68.9 HM; HMDB-51 70.3 base, 50.4 novel,
58.7 HM; UCF-101 94.8 base, 77.5 novel, 85.3 HM; SSv2 16.0 base, 11.0 novel,
13.0 HM (FROSTER).  Not measured here.
"""

_base_ = [
    '../_base_/models/openvclip_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/openvclip8.py',
    '../_base_/schedules/openvclip.py',
    '../_base_/openvclip_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=12)
