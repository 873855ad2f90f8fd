"""OpenAI's ViT-B/16 with mixup, cutmix and label smoothing (ViFi-CLIP)."""

_base_ = ['clip_b16.py']

model = dict(
    cls_head=dict(label_smooth_eps=0.1),
    data_preprocessor=dict(
        # num_classes follows the training data set (ClassListHook)
        blending=dict(
            type='RandomBatchAugment',
            augments=[
                dict(type='MixupBlending', num_classes=0, alpha=0.8),
                dict(type='CutmixBlending', num_classes=0, alpha=1.0),
            ],
            probs=[0.5, 0.5],
        )
    ),
)
