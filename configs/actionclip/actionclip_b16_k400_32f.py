"""ActionCLIP (Transf) on Kinetics-400, 32 frames.

What: everything is trained, 168,574,465 parameters; videos against the texts
of their batch; 50 epochs, batch 128.
Whose: ActionCLIP (2021), and MMAction2's port for the layout.
Run: bash tools/dist_train.sh configs/actionclip/actionclip_b16_k400_32f.py 8
Published: K-400 83.8 top-1, 96.2 top-5 with 32 frames, 10 x 3 views (ViFi T4);
K-400 82.32 top-1, 96.2 top-5 with 32 frames, 1 x 1 views (ActionCLIP README).
Not measured here.
"""

_base_ = [
    '../_base_/models/actionclip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/actionclip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
