"""T2L, few shots of each class.

What: bottlenecks in both towers without the temporal tokens, as published
for HMDB-51; 8 frames, one view; 180 epochs, batch 10; 5,131,008 trainable
parameters.
Whose: T2L (TMLR 2025), its hmdb_base_fs.
Run: vlprompt eval few-shot configs/t2l/t2l_b16_few_shot.py
The config is 16 shots of HMDB-51; the command runs it with 2, 4, 8 and 16
shots of HMDB-51, UCF101 and SSv2, or with those of --shots and --datasets.
Published: nothing that was at hand.  Not measured here.
"""

_base_ = [
    '../_base_/models/t2l_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments8_one_view.py',
    '../_base_/schedules/t2l.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=10, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(backbone=dict(adapters=_base_.inside))
train_cfg = dict(max_epochs=180)
auto_scale_lr = dict(base_batch_size=10)
