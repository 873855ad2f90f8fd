"""ViLT-CLIP on a tiny CLIP, and what it is fed with."""

import torch
from mmaction.structures import ActionDataSample
from tiny import CLASSES, TINY

from vlprompt.registry import MODELS

NOVEL = ('juggling', 'playing the violin')


def build(classes=CLASSES, seed=0, **parts):
    torch.manual_seed(seed)
    cfg = dict(
        type='VideoTextRecognizer',
        clip=dict(arch=TINY),
        backbone=dict(type='CLIPVisionTower'),
        texts=dict(
            type='ClassTexts',
            template='[3] {}.',
            anchor_template='a video of a person doing {}.',
        ),
        prompts=dict(type='ViLTPrompts', depth=3, split=2),
        cls_head=dict(
            type='SimilarityHead',
            regularizers=dict(scenario=dict(type='ScenarioCosineLoss')),
            average_clips='prob',
            label_smooth_eps=0.1,
        ),
        trainable=['prompts.*'],
        data_preprocessor=dict(
            type='ActionDataPreprocessor', format_shape='NCTHW'
        ),
    )
    model = MODELS.build({**cfg, **parts})
    if classes:
        model.set_classes(classes)
    return model


def samples(*labels):
    return [ActionDataSample().set_gt_label(label) for label in labels]


def clips(batch=2, views=1):
    return torch.randn(batch, views, 3, 4, 32, 32)


def total(model, inputs, *labels):
    losses = model(inputs, samples(*labels), mode='loss')
    return sum(v for k, v in losses.items() if 'loss' in k)


class Counter:
    """Counts the calls of a text encoder."""

    def __init__(self, model):
        self.calls = 0
        model.text_encoder.register_forward_hook(self.note)

    def note(self, *_):
        self.calls += 1
