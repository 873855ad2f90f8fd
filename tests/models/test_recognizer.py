"""The recognizer: wiring, caches, freezing, checkpoints."""

import copy

import pytest
import torch
from helpers import NOVEL, Counter, build, clips, samples, total
from mmengine.runner.checkpoint import get_state_dict
from mmengine.runner.checkpoint import load_state_dict as mmengine_load
from tiny import CLASSES

from vlprompt.errors import UserError


def test_every_trainable_parameter_learns_and_no_other_moves():
    model = build().train()
    before = {n: p.clone() for n, p in model.named_parameters()}
    learned = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(learned, lr=0.1)
    total(model, clips(), 0, 1).backward()
    assert all(p.grad.abs().sum() > 0 for p in learned)
    optimizer.step()
    for name, p in model.named_parameters():
        assert torch.equal(p, before[name]) != p.requires_grad, name


def test_the_scenario_loss_teaches_prompts_but_not_the_map_to_vision():
    model = build().train()
    losses = model(clips(), samples(0, 1), mode='loss')
    assert 0 <= losses['loss_scenario'] <= 16
    losses['loss_scenario'].backward()
    to_visual, to_text = model.prompts.couplings
    assert all(p.grad is None for p in to_visual.parameters())
    assert to_text.maps[0].weight.grad.abs().sum() > 0
    assert model.prompts.free['text'].vectors.grad.abs().sum() > 0
    assert model.prompts.free['visual'].vectors.grad.abs().sum() > 0


def test_frame_order_does_not_matter():
    model = build().eval()
    inputs = clips()
    with torch.no_grad():
        features, _ = model.extract_feat(inputs)
        turned, _ = model.extract_feat(inputs.flip(3))
    torch.testing.assert_close(features.video, turned.video)


def test_views_are_averaged_as_probabilities():
    model = build().eval()
    inputs = clips(2, views=3)
    with torch.no_grad():
        scores = [
            s.pred_score for s in model(inputs, samples(0, 1), mode='predict')
        ]
        features, _ = model.extract_feat(inputs)
        logits = model.cls_head(features).unflatten(0, (2, 3))
    torch.testing.assert_close(torch.stack(scores), logits.softmax(-1).mean(1))


def test_texts_are_encoded_once_in_evaluation_and_anew_when_they_must():
    model, other = build().eval(), build(seed=0)
    other.prompts.free['text'].vectors.data += 1
    counter = Counter(model)

    def features():
        with torch.no_grad():
            return model.extract_feat(clips())[0].text

    first = features()
    assert torch.equal(features(), first)
    assert counter.calls == 1
    model.set_classes(NOVEL)
    assert features().shape[0] == len(NOVEL)
    model.set_classes(CLASSES)
    model.load_state_dict(other.state_dict())
    assert not torch.equal(features(), first)
    mmengine_load(model, other.state_dict())
    features()
    model.train()
    model.eval()
    features()
    assert counter.calls == 5
    model.extract_feat(clips())[0].text.sum().backward()  # with gradients
    assert model.prompts.free['text'].vectors.grad is not None


def test_frozen_texts_are_encoded_once_in_training_too():
    model = build(
        texts=dict(type='ClassTexts', template='a photo of a {}.'),
        prompts=dict(
            type='PromptLearner', visual=dict(type='DeepPrompts', num=4)
        ),
        cls_head=dict(type='SimilarityHead'),
    ).train()
    counter = Counter(model)
    for _ in range(3):
        total(model, clips(), 0, 1).backward()
    assert counter.calls == 1


def test_anchors_are_encoded_once_and_the_prompted_texts_every_step():
    model = build().train()
    counter = Counter(model)
    for _ in range(3):
        total(model, clips(), 0, 1)
    assert counter.calls == 4


def test_without_prompts_it_is_clip():
    model = build(
        texts=dict(type='ClassTexts', template='{}'),
        prompts=None,
        trainable=[],
        cls_head=dict(type='SimilarityHead'),
    ).eval()
    assert not any(p.requires_grad for p in model.parameters())
    assert set(model.state_dict()) == {'clip_fingerprint'}
    features, _ = model.extract_feat(clips())
    assert features.text.shape == (5, 24)


def test_a_temperature_replaces_clips_scale():
    head = dict(type='SimilarityHead', temperature=0.01)
    assert build(cls_head=head).cls_head.logit_scale.exp().item() == (
        pytest.approx(100)
    )


@pytest.mark.parametrize('save', [torch.nn.Module.state_dict, get_state_dict])
def test_a_checkpoint_holds_what_was_learned(save):
    model = build()
    learned = {n for n, p in model.named_parameters() if p.requires_grad}
    state = save(model)
    assert set(state) == learned | {'clip_fingerprint'}
    other = build(classes=NOVEL)
    other.prompts.free['text'].vectors.data += 1
    other.load_state_dict(state)
    assert torch.equal(
        other.prompts.free['text'].vectors, model.prompts.free['text'].vectors
    )
    copy.deepcopy(model).load_state_dict(state)


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(seed=1), 'trained on another CLIP'),
        (
            dict(texts=dict(type='ClassTexts', template='[4] {}.')),
            r'another layout: prompts.free.visual.vectors is \(1, 3, 32\)',
        ),
        (
            dict(prompts=dict(type='ViLTPrompts', depth=4, split=2)),
            r'another layout.*this model has \(2, 3, 32\)',
        ),
        (
            dict(prompts=dict(type='ViLTPrompts', coupling='none', depth=3)),
            'does not match the model',
        ),
    ],
)
@pytest.mark.parametrize(
    'load', [torch.nn.Module.load_state_dict, mmengine_load]
)
def test_checkpoints_of_others_are_refused(change, message, load):
    state = build().state_dict()
    cls_head = dict(type='SimilarityHead')
    model = build(**{'cls_head': cls_head, **change})
    before = {n: p.clone() for n, p in model.named_parameters()}
    with pytest.raises(UserError, match=message):
        load(model, state)
    for name, p in model.named_parameters():
        assert torch.equal(p, before[name])


def test_processes_do_not_average_the_fingerprint():
    """MMEngine's SyncBuffersHook averages all buffers over processes."""
    model = build()
    assert 'clip_fingerprint' in model.state_dict()
    assert 'clip_fingerprint' not in dict(model.named_buffers())


def test_trained_clip_weights_are_in_the_checkpoint():
    model = build(trainable=['prompts.*', 'backbone.*', 'cls_head.logit_*'])
    names = set(model.state_dict())
    assert 'backbone.visual.proj' in names
    assert 'cls_head.logit_scale' in names
    assert not any(n.startswith('text_encoder') for n in names)
    build(trainable=['prompts.*', 'backbone.*', 'cls_head.logit_*'])


@pytest.mark.parametrize(
    ('parts', 'message'),
    [
        (dict(trainable=['promts.*']), "'promts.*' matches no parameter"),
        (dict(trainable=['text_encoder.*']), 'needs a frozen text encoder'),
        (dict(prompts=None), '3 learnable tokens, but the model has no'),
    ],
)
def test_parts_that_do_not_fit_are_refused(parts, message):
    with pytest.raises(UserError, match=message):
        build(**parts)


def test_inputs_of_another_layout_are_refused():
    with pytest.raises(UserError, match='NCTHW'):
        build().extract_feat(torch.zeros(2, 4, 3, 32, 32))


@pytest.mark.parametrize(('batch', 'frames'), [(1, 1), (3, 5)])
def test_bf16_autocast_trains_in_full_precision_outside_matmuls(batch, frames):
    model = build().train()
    inputs = torch.randn(batch, 1, 3, frames, 32, 32)
    exact = total(model, inputs, *range(batch))
    with torch.autocast('cpu', torch.bfloat16):
        loss = total(model, inputs, *range(batch))
    loss.backward()
    assert loss.dtype == torch.float32
    torch.testing.assert_close(loss, exact, atol=0.1, rtol=0.05)
    assert all(
        p.grad.isfinite().all() for p in model.parameters() if p.requires_grad
    )


def test_another_backbone_may_stand_in():
    class Frames(torch.nn.Module):
        def __init__(self, embed_dim=24):
            super().__init__()
            self.linear = torch.nn.Linear(3, embed_dim)

        def forward(self, frames, prompts=None):
            from vlprompt.models import VisualFeatures

            x = self.linear(frames.mean((-1, -2)))
            return VisualFeatures(x, x[:, :, None])

    model = build(
        backbone=dict(type=Frames),
        prompts=dict(
            type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
        ),
        trainable=['prompts.*', 'backbone.*'],
    ).train()
    total(model, clips(), 0, 1).backward()
    assert model.backbone.linear.weight.grad is not None


def test_a_model_that_moves_takes_its_texts_along():
    """Cached features are of the dtype and on the device of the weights."""
    model = build().eval()
    with torch.no_grad():
        model.extract_feat(clips())
        model.double()
        features, _ = model.extract_feat(clips().double())
    assert features.text.dtype == torch.float64
