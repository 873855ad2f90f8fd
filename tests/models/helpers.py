"""ViLT-CLIP on a tiny CLIP, deep prompts, and what they are fed with."""

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


def deep_prompts(depth, layers, num, width):
    """Prompts of the first layers, in float64."""
    return [
        torch.randn(num, width).double().requires_grad_()
        if i < depth
        else None
        for i in range(layers)
    ]


def gradients(out, prompts):
    """Of a random sum of the features, in the prompts."""
    leaves = [p for p in prompts if p is not None]
    torch.manual_seed(1)
    return torch.autograd.grad((out * torch.randn_like(out)).sum(), leaves)


def assert_same(ours, theirs, prompts):
    """The same features, and gradients in the prompts."""
    torch.testing.assert_close(ours, theirs, atol=1e-10, rtol=1e-9)
    for a, b in zip(
        gradients(ours, prompts), gradients(theirs, prompts), strict=True
    ):
        torch.testing.assert_close(a, b, atol=1e-9, rtol=1e-8)
