"""BDC-CLIP, few shots of each class of HMDB-51, from Kinetics-400.

What: starts from bdc_b16_k400, with a new linear head; 60 epochs, batch 64 of
8 GPUs x 4 x 2 steps; 125,541,205 trainable parameters.
Whose: BDC-CLIP (ICML 2025).
Run: vlprompt eval few-shot configs/bdc/bdc_b16_few_shot.py
The config is 16 shots of HMDB-51 (--datasets hmdb51 --shots 16); README has
the rates, dropout and weights of heads of other shots and data sets, which
differ, and how to set them.
Published: HMDB-51 68.0 / 71.5 / 75.9 / 77.3, UCF-101 94.9 / 96.7 / 97.5 /
98.5, SSv2 9.9 / 11.6 / 14.4 / 19.5 top-1 with 2 / 4 / 8 / 16 shots (BDC-CLIP
README).  Not measured here.
"""

_base_ = [
    '../_base_/models/bdc_b16.py',
    '../_base_/datasets/hmdb51_few_shot.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/bdc.py',
    '../_base_/default_runtime.py',
]

model = dict(
    cls_head=dict(
        members=dict(linear=dict(num_classes=51, dropout=0.8)),
        weights=[
            dict(num_classes=51, cosine=0.25, linear=0.2, bdc=0.55),
            dict(cosine=0.1, bdc=0.9),
        ],
    )
)
custom_hooks = [
    *_base_.custom_hooks,
    dict(
        type='StartFromHook',
        checkpoint='work_dirs/bdc_b16_k400/epoch_10.pth',
        leave=['cls_head.members.linear.*'],
    ),
]

train_dataloader = dict(
    batch_size=4, dataset=dict(pipeline=_base_.train_pipeline)
)
val_dataloader = dict(dataset=dict(pipeline=_base_.val_pipeline))
test_dataloader = dict(dataset=dict(pipeline=_base_.test_pipeline))

train_cfg = dict(max_epochs=60, val_interval=10)
optim_wrapper = dict(
    optimizer=dict(lr=4e-7),
    paramwise_cfg=dict(
        custom_keys={
            'token_pooler': dict(lr_mult=200.0),
            'cls_head.members.linear': dict(lr_mult=200.0),
        },
    ),
    accumulative_counts=2,
)
auto_scale_lr = dict(enable=False, base_batch_size=64)
