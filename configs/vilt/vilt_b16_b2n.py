"""ViLT-CLIP, base to novel classes.

What: 16 prompts in the first 10 of 12 layers, text leads in 6; 16 shots of
each base class, 32 frames, one view; 886,016 trainable parameters; 12
epochs, batch 64.
Whose: ViLT-CLIP (AAAI 2024), Table 4: means over three draws of the shots.
Run: vlprompt eval base-to-novel configs/vilt/vilt_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: K-400 77.4 base, 63.0 novel, 69.5 HM; HMDB-51 76.7 base, 57.5 novel,
65.7 HM; UCF-101 95.2 base, 70.5 novel, 81.0 HM; SSv2 17.3 base, 12.8 novel,
14.7 HM (ViLT T4).  Not measured here.
"""

_base_ = [
    '../_base_/models/vilt_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/base_to_novel.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(texts=dict(template='[16] {}.'))
