"""ST-Adapter with class texts on Kinetics-400.

What: the adapters of st_adapter_b16_k400 under CLIP's own norm, projection
and texts; 7,110,144 trainable parameters.
Whose: ST-Adapter (NeurIPS 2022); the text head as in FROSTER (ICLR 2024).
Run: bash tools/dist_train.sh configs/st_adapter/st_adapter_text_b16_k400.py 8
Published: HMDB-51 51.1, UCF-101 77.6, K-600 60.2 top-1 (FROSTER).  Not
measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
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

model = dict(
    backbone=dict(adapters=[dict(type='PreMLPSTAdapter', hidden=384)]),
    trainable=['backbone.adapters.*'],
)
