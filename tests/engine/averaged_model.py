"""A tiny recognizer that learns some of CLIP, and batches for it."""

import torch
from mmaction.structures import ActionDataSample

from vlprompt.registry import MODELS

ARCH = dict(
    embed_dim=16,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=32, patch_size=16, width=32, layers=2, head_width=16
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=16, heads=2, layers=2
    ),
)
ALL_BUT_WORDS = (
    'backbone.*',
    'text_encoder.text.transformer.*',
    'cls_head.logit_scale',
    'pooler.*',
)
CLASSES = ('running', 'jumping', 'riding a bike')


def make_model(trainable=ALL_BUT_WORDS, texts=None, **parts):
    """With a pooler that CLIP has nothing of, and no zeros in it."""
    torch.manual_seed(0)
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch=ARCH),
            backbone=dict(type='CLIPVisionTower'),
            texts=texts or dict(type='ClassTexts', template='a video of {}.'),
            pooler=dict(type='Conv1dPooler'),
            cls_head=dict(type='SimilarityHead'),
            trainable=list(trainable),
            data_preprocessor=dict(
                type='ActionDataPreprocessor',
                format_shape='NCTHW',
                mean=[127.0] * 3,
                std=[60.0] * 3,
                **parts,
            ),
        )
    )
    model.set_classes(CLASSES)
    move(model, 0.02, seed=1)
    return model.train()


def move(model, size, seed):
    """Change what is learned, as a training does."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for p in model.parameters():
            if p.requires_grad:
                p += size * torch.randn(p.shape, generator=generator)


def make_batch(seed, size=2):
    """Videos of 3 frames, as a data loader gives them."""
    generator = torch.Generator().manual_seed(seed)
    shape = (1, 3, 3, 32, 32)
    return dict(
        inputs=[
            torch.randint(0, 255, shape, generator=generator).byte()
            for _ in range(size)
        ],
        data_samples=[
            ActionDataSample().set_gt_label((seed + i) % 3)
            for i in range(size)
        ],
    )
