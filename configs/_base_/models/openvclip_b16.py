"""Open-VCLIP: a ViT-B/16 whose frames share keys and values, fine-tuned."""

_base_ = ['clip_b16.py']

model = dict(
    backbone=dict(adapters=[dict(type='NeighborKV')]),
    texts=dict(template='openvclip28'),
    pooler=dict(type='IdentityPooler'),
    cls_head=dict(fusion='decision'),
    trainable=['backbone.visual.*', 'cls_head.logit_scale'],
)
