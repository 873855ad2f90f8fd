"""A converted Open-VCLIP against numbers computed by the published code."""

from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope
from torch.nn import functional as F

from vlprompt import converters
from vlprompt.models import CLIPVisionTower
from vlprompt.utils import register_all_modules

GOLDEN = Path(__file__).parents[3] / 'shared/goldens/openvclip.pt'
pytestmark = pytest.mark.skipif(
    not GOLDEN.is_file(), reason='no published numbers at hand'
)
LOGITS = dict(atol=1e-5, rtol=0)
FEATURES = dict(atol=1e-5, rtol=1e-5)


@pytest.fixture(scope='module')
def golden():
    return torch.load(GOLDEN, weights_only=True)


@pytest.fixture(scope='module')
def model(golden, tmp_path_factory):
    """Built from the release, whose words are kept apart."""
    words = golden['sparse_embedding']
    table = torch.zeros(words['num_rows'], golden['meta']['text_width'])
    table[words['ids']] = words['rows'].float()
    state = {**golden['state_dict'], words['name']: table}
    conversion = converters.convert('openvclip', dict(model_state=state))
    file = tmp_path_factory.mktemp('clip') / 'clip.safetensors'
    converters.save_clip(conversion.clip, file)
    scopes = dict(DefaultScope._instance_dict)
    register_all_modules()
    model = converters.build(conversion, file)
    DefaultScope._instance_dict.clear()
    DefaultScope._instance_dict.update(scopes)
    model.set_classes(golden['class_names'])
    return model.train()


def published_name(name):
    """Of a parameter of ours."""
    name = name.replace('text_encoder.text.', 'backbone.')
    name = name.replace('cls_head.', 'backbone.')
    return name.replace('backbone.', 'model.')


def inputs_of(golden, frames=4):
    """(B, 1, 3, T, H, W) of the first frames."""
    return golden['clip'][:, :frames].transpose(1, 2)[:, None]


def learned_of(model):
    return {
        published_name(name): p
        for name, p in model.named_parameters()
        if p.requires_grad
    }


def forward(golden, model, frames=4):
    """Frames and logits, texts computed anew."""
    model.text_bank.clear()
    features, _ = model.extract_feat(inputs_of(golden, frames))
    return features, model.cls_head(features)


def test_counts(golden, model):
    """The text tower has requires_grad there, but never a gradient."""
    learned = learned_of(model)
    assert sum(p.numel() for p in learned.values()) == golden['n_with_grad']
    assert set(learned) == set(golden['trainable']) - set(golden['no_grad'])
    total = sum(p.numel() for p in model.parameters())
    assert total == golden['n_total']


def test_texts(golden, model):
    templates, length = model.texts.tokens.ids.shape
    assert templates == len(golden['token_ids'])
    ids = golden['token_ids']
    assert torch.equal(model.texts.tokens.ids, ids[:, :length])
    assert not ids[:, length:].any()
    with torch.no_grad():
        each = model.text_encoder(model.texts.tokens).unflatten(0, (28, -1))
        features, _ = forward(golden, model)
    torch.testing.assert_close(
        each, golden['template_text_features_pre'], **FEATURES
    )
    assert not features.text.requires_grad
    torch.testing.assert_close(
        features.unit().text, golden['text_features'], atol=1e-6, rtol=0
    )


@pytest.mark.parametrize('mode', [True, False])
@pytest.mark.parametrize('frames', [1, 2, 3, 4])
def test_frames_and_logits(golden, model, frames, mode):
    """Clips of the first frames; training and evaluation are the same."""
    model.train(mode)
    end = '' if frames == 4 else f'_T{frames}'
    with torch.no_grad():
        features, logits = forward(golden, model, frames)
    model.train()
    torch.testing.assert_close(
        features.video, golden[f'frame_features{end}'], **FEATURES
    )
    torch.testing.assert_close(logits, golden[f'logits{end}'], **LOGITS)


def test_without_neighbors_it_is_clip(golden, model):
    with torch.no_grad():
        features, _ = forward(golden, model)
        clip = inputs_of(golden)[:, 0].transpose(1, 2)
        frames = CLIPVisionTower(model.backbone.visual)(clip).frames
        logits = model.cls_head(features._replace(video=frames))
    expected = golden['frame_features_clip']
    torch.testing.assert_close(frames, expected, **FEATURES)
    torch.testing.assert_close(logits, golden['logits_clip'], **LOGITS)
    assert (features.video - expected).abs().max() > 1e-2


def test_scores(golden, model):
    """The mean of the probabilities of views, here of one."""
    with torch.no_grad():
        _, logits = forward(golden, model)
    torch.testing.assert_close(logits.softmax(-1), golden['scores'], **LOGITS)


def check_gradients(model, grads, norms):
    learned = learned_of(model)
    assert set(learned) == set(norms)
    for name, norm in norms.items():
        ours = learned[name].grad.double().norm().item()
        assert ours == pytest.approx(norm, rel=1e-4), name
    for name, grad in grads.items():
        torch.testing.assert_close(
            learned[name].grad, grad, atol=1e-6, rtol=1e-4, msg=name
        )


def test_loss_and_gradients(golden, model):
    _, logits = forward(golden, model)
    loss = F.cross_entropy(logits, golden['labels'])
    assert loss.item() == pytest.approx(golden['loss'], abs=1e-5)
    model.zero_grad()
    loss.backward()
    check_gradients(model, golden['grads'], golden['grad_norms'])
