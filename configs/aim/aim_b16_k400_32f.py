"""AIM on Kinetics-400, 32 frames.

What: dense clips, tested with 3 clips; 30 epochs, batch 64; 10,985,104
trainable parameters.
Whose: AIM (ICLR 2023).
Run: bash tools/dist_train.sh configs/aim/aim_b16_k400_32f.py 8
Published: K-400 84.7 top-1 with 32 frames, 3 x 1 views (AIM README).  Not
measured here.
"""

_base_ = [
    '../_base_/models/aim_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/aim32.py',
    '../_base_/schedules/aim.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    backbone=dict(embeddings=[dict(type='TimeEmbedding', num_frames=32)])
)
