"""ActionCLIP (LSTM) on Kinetics-400, 8 frames.

What: as actionclip_b16_k400 with another pooler; 151,721,985 trainable
parameters.
Whose: ActionCLIP (2021), and MMAction2's port for the layout.
Run: bash tools/dist_train.sh configs/actionclip/actionclip_b16_k400_lstm.py 8
Published: nothing that was at hand.  Not measured here.
"""

_base_ = [
    '../_base_/models/actionclip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/segments8.py',
    '../_base_/schedules/actionclip.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(pooler=dict(_delete_=True, type='LSTMPooler'))
