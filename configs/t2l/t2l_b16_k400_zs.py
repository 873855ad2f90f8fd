"""T2L trained on Kinetics-400 for zero-shot tests, 8 frames.

What: temporal tokens, bottlenecks in both towers, the motion loss; one
sentence of each class; 150 epochs, batch 80, which is one GPU's; 5,204,736
trainable parameters; the test set is HMDB-51, split 1.
Whose: T2L (TMLR 2025), EZ-CLIP before.
Run: vlprompt train configs/t2l/t2l_b16_k400_zs.py
Published: HMDB-51 52.9, UCF-101 79.1, K-600 70.1 top-1 (T2L README).  Not
measured here.
"""

_base_ = [
    '../_base_/models/t2l_b16.py',
    '../_base_/datasets/kinetics400_zero_shot.py',
    '../_base_/pipelines/segments8_one_view.py',
    '../_base_/schedules/t2l.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=80, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
