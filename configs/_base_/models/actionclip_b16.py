"""ActionCLIP: ViT-B/16 with its Transf over 8 frames, all of it trained."""

_base_ = ['clip_b16.py']

model = dict(
    texts=dict(
        type='BatchLabelTexts', template='actionclip16', ensemble='probability'
    ),
    pooler=dict(type='TransformerPooler', num_layers=6, eps=1e-12),
    cls_head=dict(
        type='ContrastiveHead',
        alignment=dict(type='SoftTargetKLLoss'),
        test_temperature=0.01,
    ),
    trainable=['*'],
)
