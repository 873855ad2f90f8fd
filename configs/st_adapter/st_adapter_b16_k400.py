"""ST-Adapter on Kinetics-400, 8 frames.

What: 12 adapters 384 wide, between attention and MLP; dense clips, tested
with 3 clips; 12 epochs, batch 192; 7,417,744 trainable parameters.
Whose: ST-Adapter (NeurIPS 2022), its clip_vit_base_patch16_adapter12x384.
Run: bash tools/dist_train.sh configs/st_adapter/st_adapter_b16_k400.py 8
Published: K-400 82.2 top-1 with 8 frames, 3 x 1 views (ST-Adapter README).
Not measured here.
"""

_base_ = [
    '../_base_/models/st_adapter_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/st_adapter8.py',
    '../_base_/schedules/st_adapter.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(
    batch_size=24, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))
