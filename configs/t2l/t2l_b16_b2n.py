"""T2L, base to novel classes.

What: 16 shots of each base class, 8 frames, one view; 50 epochs, batch 20;
5,204,736 trainable parameters.
Whose: T2L (TMLR 2025).
Run: vlprompt eval base-to-novel configs/t2l/t2l_b16_b2n.py
The config is the first draw of HMDB-51, with the base accuracy as its
validation and the novel one as its test; the command runs it on three draws
of HMDB-51, UCF101, SSv2 and Kinetics-400, or on those of --seeds and
--datasets.
Published: K-400 66.3, HMDB-51 66.3, UCF-101 85.4, SSv2 14.8 HM (T2L README).
Not measured here.
"""

_base_ = [
    '../_base_/models/t2l_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments8_one_view.py',
    '../_base_/schedules/t2l.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=20, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=50)
auto_scale_lr = dict(base_batch_size=20)
