"""ActionCLIP (Transf) in the toy world.

What: everything but the word embeddings is fine-tuned; 2 blocks over 8
frames, videos against the texts of their batch, 3 templates.
Whose: ActionCLIP (2021).
Run: python tools/train.py configs/actionclip/actionclip_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy.py',
    '../_base_/schedules/toy.py',
    '../_base_/default_runtime.py',
]

model = dict(
    texts=dict(
        type='BatchLabelTexts',
        template=['a video of a {}.', 'a {}.', 'a photo of a {}.'],
        ensemble='probability',
    ),
    pooler=dict(type='TransformerPooler', num_layers=2, num_positions=8),
    cls_head=dict(
        type='ContrastiveHead',
        alignment=dict(type='SoftTargetKLLoss'),
        test_temperature=0.01,
    ),
    trainable=[
        'backbone.*',
        'text_encoder.text.transformer.*',
        'text_encoder.text.positional_embedding',
        'text_encoder.text.ln_final.*',
        'text_encoder.text.text_projection',
        '[cp]*',  # cls_head, and the pooler if it has weights
    ],
)
optim_wrapper = dict(
    optimizer=dict(lr=1e-4),
    paramwise_cfg=dict(custom_keys={'pooler': dict(lr_mult=50)}),
)
