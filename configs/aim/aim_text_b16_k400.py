"""AIM with class texts on Kinetics-400.

What: the adapters of aim_b16_k400 under CLIP's own projection and texts;
10,659,072 trainable parameters.
Whose: AIM (ICLR 2023); the text head as in FROSTER (ICLR 2024).
Run: bash tools/dist_train.sh configs/aim/aim_text_b16_k400.py 8
Published: HMDB-51 50.3, UCF-101 79.4, K-600 66.7 top-1 (FROSTER).  Not
measured here.
"""

_base_ = [
    '../_base_/models/clip_b16.py',
    '../_base_/datasets/kinetics400.py',
    '../_base_/pipelines/aim8.py',
    '../_base_/schedules/aim.py',
    '../_base_/default_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

model = dict(
    backbone=dict(
        embeddings=[dict(type='TimeEmbedding', num_frames=8)],
        adapters=[dict(type='AIMAdapter')],
    ),
    trainable=[
        'backbone.embeddings.*',
        'backbone.adapters.*',
        'backbone.visual.ln_post.*',
    ],
)
