"""Open-VCLIP in the toy world.

What: frames attend to the frames beside them; the vision tower is fine-tuned
against 28 templates, the logits of the frames are averaged.
Whose: Open-VCLIP (ICML 2023).
Run: python tools/train.py configs/openvclip/openvclip_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    backbone=dict(adapters=[dict(type='NeighborKV')]),
    texts=dict(template='openvclip28'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(fusion='decision'),
    trainable=['backbone.visual.*', 'cls_head.logit_scale'],
)
optim_wrapper = dict(optimizer=dict(lr=1e-4))
