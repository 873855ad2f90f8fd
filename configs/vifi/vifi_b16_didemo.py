"""ViFi-CLIP, text to video retrieval on DiDeMo.

What: both towers are fine-tuned, 16 frames; 124,323,841 trainable parameters.
Whose: ViFi-CLIP (CVPR 2023); data set, epochs, batch and rate are ours.
Run: bash tools/dist_train.sh configs/vifi/vifi_b16_didemo.py 8
Published: nothing on this data set.  Not measured here.
"""

_base_ = [
    '../_base_/models/vifi_b16_retrieval.py',
    '../_base_/datasets/didemo.py',
    '../_base_/pipelines/didemo_segments16.py',
    '../_base_/schedules/retrieval.py',
    '../_base_/retrieval_runtime.py',
]

train_dataloader = dict(dataset=dict(pipeline=_base_.train_pipeline))
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

default_hooks = dict(checkpoint=dict(save_best='t2v/R1', rule='greater'))
optim_wrapper = dict(optimizer=dict(lr=8e-6))
