"""ZeroI2V on Kinetics-400, 8 frames.

What: dense clips, tested with 3 clips; 40 epochs, batch 64; 14,517,136
trainable parameters, which fold into CLIP's own after training.
Whose: ZeroI2V (ECCV 2024).
Run: bash tools/dist_train.sh configs/zeroi2v/zeroi2v_b16_k400.py 8
Published: K-400 83.0 top-1 with 8 frames, 3 x 1 views (ZeroI2V README).  Not
measured here.
"""

_base_ = [
    '../_base_/models/zeroi2v_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/zeroi2v8.py',
    '../_base_/schedules/zeroi2v.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=8, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    backbone=dict(embeddings=[dict(type='TimeEmbedding', num_frames=8)])
)
