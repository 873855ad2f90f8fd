"""ViLT-CLIP in the toy world.

What: 8 prompts in all 4 layers, text leads in 2; 8 frames, trained on the 24
base classes, tested on the 24 novel ones.
Whose: ViLT-CLIP (AAAI 2024).
Run: python tools/train.py configs/vilt/vilt_toy.py
Measured: docs/toy_world.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(template='[8] {}.', anchor_template='a video of a {}.'),
    prompts=dict(type='ViLTPrompts', depth=4, split=2),
    cls_head=dict(
        label_smooth_eps=0.1,
        regularizers=dict(
            scenario=dict(type='ScenarioCosineLoss', loss_weight=1.0)
        ),
    ),
    trainable=['prompts.*'],
)

train_cfg = dict(type='EpochBasedTrainLoop', max_epochs=20, val_interval=10)
val_cfg = dict(type='ValLoop')
test_cfg = dict(type='TestLoop')
optim_wrapper = dict(
    type='OptimWrapper',
    optimizer=dict(
        type='AdamW', lr=8e-3, betas=(0.9, 0.98), eps=1e-8, weight_decay=1e-3
    ),
)
param_scheduler = [
    dict(
        type='WarmupCosineLR',
        warmup=2,
        by_epoch=True,
        convert_to_iter_based=True,
    )
]
auto_scale_lr = dict(enable=False, base_batch_size=32)
default_hooks = dict(checkpoint=dict(interval=10), logger=dict(interval=9))
