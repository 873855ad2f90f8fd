"""A converted ST-Adapter against numbers computed by its published code."""

from pathlib import Path

import pytest
import torch
from torch.nn import functional as F

from vlprompt.converters import build, convert, save_clip

GOLDEN = Path(__file__).parents[3] / 'shared/goldens/stadapter12.pt'
pytestmark = pytest.mark.skipif(
    not GOLDEN.is_file(), reason='no published numbers at hand'
)


@pytest.fixture(scope='module')
def golden():
    return torch.load(GOLDEN, weights_only=True)


def converted(state, file):
    conversion = convert('st-adapter', {'model': state})
    save_clip(conversion.clip, file)
    return build(conversion, str(file)).eval()


@pytest.fixture(scope='module')
def model(golden, tmp_path_factory):
    file = tmp_path_factory.mktemp('clip') / 'clip.safetensors'
    return converted(golden['state_dict'], file)


def ours(name):
    """A trainable tensor of the release in our model."""
    name = name.replace('adapter_pre_mlp', '0.adapter')
    name = name.replace('transformer.resblocks', 'backbone.adapters')
    return name.replace('fc.', 'cls_head.fc_cls.', name.startswith('fc.'))


def logits(model, clip):
    features, _ = model.extract_feat(clip.transpose(1, 2)[:, None])
    return model.cls_head(features)


def close(a, b, **tolerance):
    tolerance = {'atol': 1e-5, 'rtol': 0, **tolerance}
    torch.testing.assert_close(a, b, **tolerance)


def test_counts(golden, model):
    learned = {n: p for n, p in model.named_parameters() if p.requires_grad}
    assert set(learned) == set(map(ours, golden['trainable']))
    count = sum(p.numel() for p in learned.values())
    assert count == golden['n_trainable']
    visual = model.backbone.visual
    whole = count + sum(p.numel() for p in visual.parameters())
    assert whole - visual.proj.numel() == golden['n_total']


def test_features_logits_loss_and_gradients(golden, model):
    visual = model.extract_feat(
        golden['clip'].transpose(1, 2)[:, None], stage='backbone'
    )[0]
    cls = visual.tokens[:, :, 0]
    close(cls, golden['layer_class_tokens'][-1])
    close(cls.mean(1), golden['mean_class_token'])
    close(model.pooler(visual), golden['video_features_pre'])
    scores = logits(model, golden['clip'])
    close(scores, golden['logits'])
    loss = F.cross_entropy(scores, golden['labels'])
    assert loss.item() == pytest.approx(golden['loss'], abs=1e-5)
    model.zero_grad()
    loss.backward()
    for name, expected in golden['grads'].items():
        grad = model.get_parameter(ours(name)).grad
        close(grad, expected, atol=1e-6, rtol=1e-4)
    for name, norm in golden['grad_norms'].items():
        grad = model.get_parameter(ours(name)).grad
        assert grad.norm().item() == pytest.approx(norm, rel=1e-4), name
    for name in golden['zero_grads']:
        assert not model.get_parameter(ours(name)).grad.any(), name


def test_tokens_of_each_layer(golden, model):
    depth = len(golden['layer_class_tokens'])
    for i in range(depth - 1):
        kept = []
        tower = model.backbone
        block = tower.visual.transformer.resblocks[i + 1]
        hook = block.ln_1.register_forward_hook(
            lambda module, args, out, kept=kept: kept.append(args[0])
        )
        logits(model, golden['clip'])
        hook.remove()
        close(kept[0][:, :, 0], golden['layer_class_tokens'][i])


@torch.no_grad()
def test_other_numbers_and_orders_of_frames(golden, model):
    clip = golden['clip']
    for frames in (1, 2, 3):
        close(logits(model, clip[:, :frames]), golden[f'logits_T{frames}'])
    order = [2, 0, 3, 1]
    close(logits(model, clip[:, order]), golden['logits_permuted'])


@torch.no_grad()
def test_it_starts_as_clip(golden, tmp_path):
    state = {
        name: torch.zeros_like(tensor)
        if 'adapter' in name and ('conv' in name or '.bias' in name)
        else tensor
        for name, tensor in golden['state_dict'].items()
    }
    model = converted(state, tmp_path / 'clip.safetensors')
    close(logits(model, golden['clip']), golden['logits_init'])
