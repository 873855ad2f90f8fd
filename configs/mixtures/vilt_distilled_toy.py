"""ViLT-CLIP held near the frozen CLIP as by FROSTER.

What: coupled prompts, scenario loss, residual distillation of both towers.
Whose: nobody: a mixture of registered parts.
Run: python tools/train.py configs/mixtures/vilt_distilled_toy.py
Measured: docs/toy_zoo.md.
"""

_base_ = ['../vilt/vilt_toy.py']

loss = dict(type='FeatureDistillationLoss')
model = dict(
    cls_head=dict(regularizers=dict(distillation=loss)),
    teacher=dict(texts=dict(type='ClassTexts', template='a video of a {}.')),
    trainable=['prompts.*', 'cls_head.regularizers.*'],
)
