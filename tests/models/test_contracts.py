"""What every registered part must do, asked of each of them.

A new part adds its smallest valid config to ``EXAMPLES``.
"""

import copy

import pytest
import torch
from mmaction.structures import ActionDataSample
from tiny import CLASSES, TINY

import vlprompt.models
from vlprompt.models.build import build_part
from vlprompt.registry import MODELS

DEEP = dict(type='DeepPrompts')
LEARNER = dict(type='PromptLearner', text=DEEP, visual=DEEP)
BASE = dict(
    type='VideoTextRecognizer',
    clip=dict(arch=TINY),
    backbone=dict(type='CLIPVisionTower'),
    texts=dict(type='ClassTexts', template='[3] {}.'),
    prompts=LEARNER,
    cls_head=dict(type='SimilarityHead'),
    trainable=['prompts.*'],
    data_preprocessor=dict(
        type='ActionDataPreprocessor', format_shape='NCTHW'
    ),
)
# For each registered class a change of BASE that has it in the model.
EXAMPLES = {
    'CLIPTextTower': dict(text_encoder=dict(type='CLIPTextTower')),
    'CLIPVisionTower': dict(
        backbone=dict(type='CLIPVisionTower', patch_tokens=True)
    ),
    'ClassTexts': dict(texts=dict(type='ClassTexts', template='[1] {} [2]')),
    'Coupling': dict(
        prompts=dict(
            type='PromptLearner',
            text=dict(type='DeepPrompts', layers=[0, 1]),
            couplings=[dict(source='text', target='visual', layers=[0, 1])],
        )
    ),
    'DeepPrompts': dict(
        prompts=dict(
            type='PromptLearner',
            text=dict(type='DeepPrompts', layers=[0]),
            visual=dict(type='DeepPrompts', num=5, layers=[1, 2]),
        )
    ),
    'MeanPooler': dict(pooler=dict(type='MeanPooler')),
    'PromptLearner': dict(prompts=LEARNER),
    'ScenarioCosineLoss': dict(
        texts=dict(
            type='ClassTexts', template='[3] {}.', anchor_template='a {}.'
        ),
        cls_head=dict(
            type='SimilarityHead',
            regularizers=dict(scenario=dict(type='ScenarioCosineLoss')),
        ),
    ),
    'SimilarityHead': dict(
        trainable=['prompts.*', 'cls_head.logit_scale'],
    ),
    'ViLTPrompts': dict(prompts=dict(type='ViLTPrompts', depth=3, split=1)),
    'VideoTextRecognizer': dict(),
}


def registered():
    return sorted(
        name
        for name, cls in MODELS.module_dict.items()
        if cls.__module__.startswith('vlprompt.')
    )


def build(name, **changes):
    torch.manual_seed(0)
    model = MODELS.build({**BASE, **EXAMPLES[name], **changes})
    model.set_classes(CLASSES)
    return model


def clips(batch=2, frames=3):
    generator = torch.Generator().manual_seed(batch * 10 + frames)
    return torch.randn(batch, 1, 3, frames, 32, 32, generator=generator)


def total(model, inputs):
    samples = [
        ActionDataSample().set_gt_label(i % len(CLASSES))
        for i in range(len(inputs))
    ]
    losses = model(inputs, samples, mode='loss')
    return sum(v for k, v in losses.items() if k.startswith('loss'))


def gradients(model, inputs):
    model.zero_grad()
    total(model.train(), inputs).backward()
    return {n: p.grad for n, p in model.named_parameters() if p.requires_grad}


def test_every_registered_class_has_an_example():
    assert registered() == sorted(EXAMPLES)


def test_every_registered_class_is_exported():
    for name in registered():
        assert name in vlprompt.models.__all__, name
        assert MODELS.get(name).__doc__, name


@pytest.mark.parametrize('name', EXAMPLES)
class TestContract:
    """Each part, in the smallest model that has it."""

    def test_its_class_is_in_the_model(self, name):
        kinds = {type(m).__name__ for m in build(name).modules()}
        assert name in kinds

    @pytest.mark.parametrize(('batch', 'frames'), [(1, 1), (3, 5)])
    def test_any_batch_and_number_of_frames(self, name, batch, frames):
        model = build(name).eval()
        with torch.no_grad():
            features, _ = model.extract_feat(clips(batch, frames))
        assert features.video.shape == (batch, 24)
        assert features.text.shape == (len(CLASSES), 24)

    def test_parameters_that_learn_get_gradients_and_others_none(self, name):
        model = build(name)
        grads = gradients(model, clips())
        assert grads
        for parameter, grad in grads.items():
            assert grad is not None, parameter
            assert grad.abs().sum() > 0, parameter
        for parameter, p in model.named_parameters():
            assert p.requires_grad or p.grad is None, parameter

    def test_checkpointing_changes_nothing(self, name):
        plain = build(name)
        recomputed = copy.deepcopy(plain)
        recomputed.backbone.with_cp = True
        recomputed.text_encoder.with_cp = True
        expected = gradients(plain, clips())
        for parameter, grad in gradients(recomputed, clips()).items():
            torch.testing.assert_close(grad, expected[parameter])

    def test_a_second_forward_changes_nothing(self, name):
        model = build(name)
        expected = gradients(model, clips())
        model.zero_grad()
        loss = total(model, clips())
        total(model, clips(3, 2))
        loss.backward()
        for parameter, p in model.named_parameters():
            if p.requires_grad:
                assert torch.equal(p.grad, expected[parameter]), parameter

    def test_bf16_is_close(self, name):
        model = build(name).train()
        exact = total(model, clips())
        with torch.autocast('cpu', torch.bfloat16):
            loss = total(model, clips())
        torch.testing.assert_close(loss, exact, atol=0.1, rtol=0.05)
        loss.backward()

    def test_the_state_goes_round(self, name):
        model, other = build(name), build(name)
        for p in other.parameters():
            if p.requires_grad:
                p.data += 1
        other.load_state_dict(model.state_dict())
        for parameter, p in other.named_parameters():
            assert torch.equal(p, model.get_parameter(parameter)), parameter


def test_a_key_that_nobody_takes_is_refused():
    with pytest.raises(TypeError, match='depht'):
        build('ViLTPrompts', prompts=dict(type='ViLTPrompts', depht=3))
    with pytest.raises(TypeError, match='poler'):
        build('MeanPooler', poler=dict(type='MeanPooler'))
    with pytest.raises(KeyError, match='MeanPoler'):
        build_part(dict(type='MeanPoler'))
