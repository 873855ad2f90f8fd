"""ZeroI2V on Kinetics-400, 16 frames.

What: dense clips, tested with 3 clips; 40 epochs, batch 64; 14,523,280
trainable parameters, which fold into CLIP's own after training.
Whose: ZeroI2V (ECCV 2024), the config of its release.
Run: bash tools/dist_train.sh configs/zeroi2v/zeroi2v_b16_k400_16f.py 8
Published: nothing for this number of frames.  Not measured here.
"""

_base_ = [
    '../_base_/models/zeroi2v_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/zeroi2v16.py',
    '../_base_/schedules/zeroi2v.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=8, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
