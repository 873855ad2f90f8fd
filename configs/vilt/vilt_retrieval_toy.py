"""ViLT-CLIP, captions and clips of the toy world.

What: 6 prompts in all 4 layers, text leads in 2; no scenario loss.
Whose: ViLT-CLIP (AAAI 2024).
Run: python tools/train.py configs/vilt/vilt_retrieval_toy.py
Measured: docs/retrieval.md.
"""

_base_ = [
    '../_base_/models/toy_clip.py',
    '../_base_/datasets/toy_captions.py',
    '../_base_/schedules/toy.py',
    '../_base_/retrieval_runtime.py',
]

model = dict(
    texts=dict(type='CaptionTexts', template='[6] {}'),
    prompts=dict(type='ViLTPrompts', depth=4, split=2),
    cls_head=dict(
        type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
    ),
    trainable=['prompts.*'],
)
train_cfg = dict(max_epochs=20, val_interval=10)
auto_scale_lr = dict(base_batch_size=32)  # as many captions to tell apart
