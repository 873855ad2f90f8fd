"""LoRA in both towers, held near the frozen CLIP as by FROSTER.

What: rank 4 on q, k and v, the distillation through residual projectors, which
tests leave out; `vlprompt export --merge` makes one CLIP of it.
Whose: nobody: a mixture of registered parts.
Run: python tools/train.py configs/mixtures/lora_froster_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../lora/lora_toy.py']

model = dict(
    cls_head=dict(
        regularizers=dict(distillation=dict(type='FeatureDistillationLoss'))
    ),
    trainable=[
        'backbone.adapters.*',
        'text_encoder.adapters.*',
        'cls_head.regularizers.*',
    ],
)
