"""Class texts once an update: the same gradients as once a batch."""

import pytest
import torch
from helpers import NOVEL, build, clips, samples, total

from vlprompt.errors import UserError

SYSTEMS = {
    'prompts': {},
    'everything': dict(
        prompts=None,
        texts=dict(type='ClassTexts', template='a video of {}.'),
        cls_head=dict(type='SimilarityHead'),
        trainable=['*'],
    ),
    'prompts made for the video': dict(
        backbone=dict(
            type='CLIPVisionTower',
            adapters=[dict(type='TemporalContext', num_tokens=5)],
        ),
        prompts=dict(
            type='PromptLearner', text=dict(type='DeepPrompts', layers=[0])
        ),
        texts=dict(type='ClassTexts', template='[3] {}.'),
        text_encoder=dict(type='CLIPTextTower', stop_before_last=True),
        conditioner=dict(type='VideoConditionalPrompts'),
        cls_head=dict(type='SimilarityHead'),
        trainable=['*'],
    ),
    'frozen texts': dict(
        prompts=dict(
            type='PromptLearner', visual=dict(type='DeepPrompts', num=2)
        ),
        texts=dict(type='ClassTexts', template='a video of {}.'),
        cls_head=dict(type='SimilarityHead'),
    ),
}
MICRO = 3  # batches of an update


def counting(model):
    """A list that grows whenever the text tower is run."""
    calls = []
    model.text_encoder.register_forward_pre_hook(lambda *_: calls.append(1))
    return calls


def gradients(model, batches, shared):
    model.zero_grad(set_to_none=True)
    for i, inputs in enumerate(batches, start=1):
        model.text_bank.is_last_micro_batch = not shared or i % MICRO == 0
        (total(model, inputs, i % 4, 0) / MICRO).backward()
    return [p.grad for p in model.parameters()]


@pytest.mark.usefixtures('float64')
@pytest.mark.parametrize('system', SYSTEMS)
def test_gradients_are_those_of_batches_on_their_own(system):
    model = build(**SYSTEMS[system]).double().train()
    batches = [clips().double() for _ in range(2 * MICRO)]  # two updates
    expected = gradients(model, batches, shared=False)
    calls = counting(model)
    found = gradients(model, batches, shared=True)
    assert any(grad is not None for grad in expected)
    torch.testing.assert_close(found, expected, rtol=1e-9, atol=1e-12)
    assert len(calls) == (0 if system == 'frozen texts' else 2)


def test_a_validation_between_batches_changes_nothing():
    model = build().train()
    batches = [clips() for _ in range(2)]

    def learn(validate):
        model.zero_grad(set_to_none=True)
        model.text_bank.is_last_micro_batch = False
        total(model.train(), batches[0], 0, 1).backward()
        if validate:
            names = model.class_names
            model.eval().set_classes(NOVEL)
            with torch.no_grad():
                (scored, _) = model(batches[1], samples(0, 1), mode='predict')
            assert len(scored.pred_score) == len(NOVEL)
            model.train().set_classes(names)
        model.text_bank.is_last_micro_batch = True
        total(model, batches[1], 2, 3).backward()
        return [p.grad for p in model.prompts.parameters()]

    expected = learn(validate=False)
    torch.testing.assert_close(learn(validate=True), expected)


def test_updates_see_new_weights():
    model = build().train()
    batches = [clips() for _ in range(MICRO)]
    before = gradients(model, batches, shared=True)
    for p in model.prompts.parameters():
        p.data += 0.3
    expected = gradients(model, batches, shared=False)
    found = gradients(model, batches, shared=True)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-6)
    assert not all(
        torch.allclose(a, b)
        for a, b in zip(before, found, strict=True)
        if a is not None
    )


def test_other_weights_begin_anew():
    model, other = build().train(), build().train()
    for p in other.prompts.parameters():
        p.data += 0.3
    inputs = clips()
    model.text_bank.is_last_micro_batch = False
    total(model, inputs, 0, 1).backward()
    model.load_state_dict(other.state_dict())
    model.zero_grad()
    model.text_bank.is_last_micro_batch = True
    loss = total(model, inputs, 0, 1)
    torch.testing.assert_close(loss, total(other, inputs, 0, 1))


def test_other_classes_before_an_update():
    model = build().train()
    model.text_bank.is_last_micro_batch = False
    total(model, clips(), 0, 1).backward()
    model.set_classes(NOVEL)
    with pytest.raises(UserError, match='class names changed before an upd'):
        total(model, clips(), 0, 1)
