"""Heads that score pairs: in half precision, and by the scale of a test."""

import pytest
import torch
from mmaction.structures import ActionDataSample
from tiny import CLASSES, TINY

from vlprompt.registry import MODELS

HEADS = {
    'TextPoolingHead': {},
    'StochasticTextHead': dict(num_frames=3),
    'TokenInteractionHead': {},
    'TightTransformerHead': dict(num_layers=1),
}


def build(head, frozen_dtype=None, **options):
    torch.manual_seed(0)
    model = MODELS.build(
        dict(
            type='VideoTextRecognizer',
            clip=dict(arch={**TINY, 'embed_dim': 16}),
            backbone=dict(type='CLIPVisionTower'),
            texts=dict(type='BatchLabelTexts'),
            text_encoder=dict(type='CLIPTextTower', all_tokens='longest'),
            pooler=dict(type='IdentityPooler'),
            cls_head=dict(
                type=head,
                alignment=dict(type='SymmetricContrastiveLoss'),
                average_clips='prob',
                **HEADS[head],
                **options,
            ),
            frozen_dtype=frozen_dtype,
            data_preprocessor=dict(
                type='ActionDataPreprocessor', format_shape='NCTHW'
            ),
        )
    )
    model.set_classes(CLASSES)
    return model.eval()


@pytest.mark.parametrize('head', HEADS)
@torch.no_grad()
def test_half_precision_is_close(head):
    """In a test, and where the metric of retrieval asks, without autocast."""
    inputs = torch.randn(2, 1, 3, 3, 32, 32)
    results = []
    for dtype in (None, 'bfloat16'):
        model = build(head, dtype)
        weights = [p.dtype for p in model.cls_head.parameters()]
        assert (torch.bfloat16 in weights) == (dtype is not None)
        samples = [ActionDataSample().set_gt_label(i) for i in (1, 3)]
        samples = model(inputs, samples, mode='predict')
        scores = torch.stack([s.pred_score for s in samples])
        with model.autocast(inputs.device):
            features, _ = model.extract_feat(inputs, data_samples=samples)
        similar = model.cls_head.compare(features)
        assert similar.dtype == torch.float32 or head.startswith('Tight')
        results.append((scores.float(), similar.float()))
    for exact, half in zip(*results, strict=True):
        torch.testing.assert_close(half, exact, atol=0.3, rtol=0.1)


@pytest.mark.parametrize(
    'head', [name for name in HEADS if name != 'TightTransformerHead']
)
def test_cosines_have_the_scale_of_the_test(head):
    """All but the one that has no cosines."""
    inputs = torch.randn(2, 1, 3, 3, 32, 32)
    logits = []
    for options in ({}, dict(test_temperature=0.5)):
        model = build(head, **options).eval()
        features, _ = model.extract_feat(inputs)
        logits.append(model.cls_head(features))
    scale = model.cls_head.logit_scale.exp()
    torch.testing.assert_close(logits[1], logits[0] * 2 / scale)
