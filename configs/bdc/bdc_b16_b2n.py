"""BDC-CLIP, base to novel classes of HMDB-51, from Kinetics-400.

What: starts from bdc_b16_k400, with a new linear head; 16 shots of each base
class, 12 epochs, batch 64 of 8 GPUs x 4 x 2 steps; 125,077,980 trainable
parameters.
Whose: BDC-CLIP (ICML 2025).
Run: vlprompt eval base-to-novel configs/bdc/bdc_b16_b2n.py
The config is the first draw of HMDB-51 (--datasets hmdb51), with the base
accuracy as its validation and the novel one as its test; README has the
weights of heads of the other data sets.
Published: HMDB-51 81.0 base, 61.3 novel, 69.8 HM; UCF-101 97.5 base, 88.0
novel, 92.5 HM; SSv2 20.9 base, 18.2 novel, 19.5 HM (BDC-CLIP README).  Not
measured here.
"""

_base_ = [
    '../_base_/models/bdc_b16.py',
    '../_base_/datasets/hmdb51_base_to_novel.py',
    '../_base_/pipelines/segments32.py',
    '../_base_/schedules/bdc.py',
    '../_base_/default_runtime.py',
]

model = dict(
    cls_head=dict(
        members=dict(linear=dict(num_classes=26, dropout=0.8)),
        weights=[
            dict(num_classes=26, cosine=0.3, linear=0.4, bdc=0.3),
            # the novel classes, of which the linear head knows nothing
            dict(cosine=0.4, bdc=0.6),
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

train_cfg = dict(max_epochs=12)
optim_wrapper = dict(
    optimizer=dict(lr=2e-6),
    paramwise_cfg=dict(
        custom_keys={
            'token_pooler': dict(lr_mult=200.0),
            'cls_head.members.linear': dict(lr_mult=200.0),
        },
    ),
    accumulative_counts=2,
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=2,
        min_ratio=0.01,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=64)
