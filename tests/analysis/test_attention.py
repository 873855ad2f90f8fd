"""Attention maps against slow computations of the same."""

import pytest
import torch
from examples import (
    BASE,
    CLASSES,
    GRID,
    LAYERS,
    MODELS_BY_NAME,
    build,
    clip_of,
)
from mmaction.structures import ActionDataSample
from torch.nn import functional as F

from vlprompt.analysis.attention import choose_layers, relevance, rollout
from vlprompt.analysis.attention_weights import record_attention
from vlprompt.analysis.targets import choose_target
from vlprompt.errors import UserError
from vlprompt.models.towers.layer import Layer, take
from vlprompt.registry import MODELS

OWN = 1 + GRID * GRID
FLOAT64 = torch.float64
ALL = sorted(MODELS_BY_NAME)
STAY = (
    'vilt',
    'prompts in the first two layers',
    'prompts that stay twice',
    'aim with prompts',
)
PUBLISHED = [name for name in ALL if 'prompts' in name and 'aim' not in name]


def attend_slowly(block, normed, record):
    """Attention of (T, L, D) tokens as in the textbooks, head by head."""
    attn = block.attn
    projected = normed @ attn.in_proj_weight.T + attn.in_proj_bias
    query, key, value = (
        part.chunk(attn.num_heads, -1) for part in projected.chunk(3, -1)
    )
    heads = [
        (torch.einsum('tid,tjd->tij', q, k) / q.size(-1) ** 0.5).softmax(-1)
        for q, k in zip(query, key, strict=True)
    ]
    weights = torch.stack(heads, dim=1)
    record.append(weights)
    outs = [weights[:, h] @ v for h, v in enumerate(value)]
    return torch.cat(outs, -1) @ attn.out_proj.weight.T + attn.out_proj.bias


def run_published(model, frames):
    """(T, 3, H, W) to (T, E): every token in every block, prompts too."""
    visual, record = model.backbone.visual, []
    prompts = model.prompts(model.texts().slots)['visual']
    tokens = model.backbone.embed(frames[None])[0]
    fresh = []
    for i, block in enumerate(visual.transformer.resblocks):
        prompt = prompts[i]
        fresh.append(prompt is not None)
        if prompt is not None:
            prompt = visual.ln_pre(prompt) if i == 0 else prompt
            prompt = prompt.expand(len(tokens), -1, -1)
            tokens = torch.cat([tokens[:, :OWN], prompt], dim=1)
        tokens = tokens + attend_slowly(block, block.ln_1(tokens), record)
        tokens = tokens + block.mlp(block.ln_2(tokens))
    return visual.ln_post(tokens[:, 0]) @ visual.proj, record, fresh


def score_slowly(model, embeddings, target):
    video = embeddings.mean(dim=0)
    text = model.encode_texts()[target]
    scale = model.cls_head.logit_scale.exp()
    return scale * F.cosine_similarity(video, text, dim=0)


@pytest.mark.parametrize('name', PUBLISHED)
@pytest.mark.parametrize('layers', ['last', 'all', '1-2'])
def test_relevance_is_that_of_the_published_computation(name, layers):
    """R over all tokens; new prompts owe nothing to what was before."""
    model, inputs = build(name, FLOAT64), clip_of(dtype=FLOAT64)
    frames = inputs[0, 0].transpose(0, 1).requires_grad_()
    embeddings, record, fresh = run_published(model, frames)
    score = score_slowly(model, embeddings, 1)
    gradients = torch.autograd.grad(score, record)
    expected = []
    for t in range(len(frames)):
        size = OWN + 3  # tokens with the prompts, which may not be there yet
        owes = torch.eye(size, dtype=FLOAT64)
        for i in choose_layers('all', LAYERS):
            if fresh[i]:
                owes[OWN:] = torch.eye(size, dtype=FLOAT64)[OWN:]
            if i not in choose_layers(layers, LAYERS):
                continue
            product = (gradients[i] * record[i])[t].detach()
            mixed = product.clamp(min=0).mean(dim=0)
            missing = size - len(mixed)
            mixed = F.pad(mixed, (0, missing, 0, missing))
            owes = owes + mixed @ owes
        expected.append(owes[0, 1:OWN].unflatten(0, (GRID, GRID)))
    maps = relevance(model, inputs, 1, layers)
    assert maps.max() > 0 and maps.dtype == FLOAT64
    torch.testing.assert_close(maps, torch.stack(expected))


@pytest.mark.parametrize('heads', ['mean', 'max'])
@pytest.mark.parametrize('name', PUBLISHED)
def test_rollout_is_the_product_of_the_layers(name, heads):
    model, inputs = build(name, FLOAT64), clip_of(dtype=FLOAT64)
    _, record, fresh = run_published(model, inputs[0, 0].transpose(0, 1))
    size = OWN + 3
    product = torch.eye(size, dtype=FLOAT64).expand(len(record[0]), -1, -1)
    for weights, new in zip(record, fresh, strict=True):
        mixed = weights.mean(1) if heads == 'mean' else weights.amax(1)
        mixed = mixed / mixed.sum(dim=-1, keepdim=True)
        missing = size - mixed.size(-1)
        mixed = F.pad(mixed, (0, missing, 0, missing))
        if new:
            product = product.clone()
            product[:, OWN:, :OWN] = 0
        product = (mixed + torch.eye(size, dtype=FLOAT64)) / 2 @ product
    expected = product[:, 0, 1:OWN].unflatten(-1, (GRID, GRID))
    maps = rollout(model, inputs, heads=heads)
    torch.testing.assert_close(maps, expected)


@pytest.fixture
def slow_layers(monkeypatch):
    """Layers that attend explicitly; what they attend with, for gradients."""
    record = []

    def call(layer, tokens, context=None, queries=None):
        out = take(tokens, queries) + layer.attend(tokens, context, queries)
        return out + layer.block.mlp(layer.block.ln_2(out))

    def attend_normed(layer, normed, context=None, queries=None):
        if layer.mask is not None:  # a text
            return whole(layer, normed, context, queries)
        everyone = normed
        if context is not None:
            context = context.expand(*normed.shape[:2], -1, -1)
            everyone = torch.cat([context, normed], dim=2)
        over_time = normed.size(2) < OWN
        kept = [] if over_time else record
        out = attend_slowly(layer.block, everyone.flatten(0, 1), kept)
        out = out.unflatten(0, normed.shape[:2])[:, :, -normed.size(2) :]
        return take(out, queries)

    def mix(layer, query, key, value, mask):
        if layer.mask is not None:
            return whole_mix(layer, query, key, value, mask)
        heads = layer.block.attn.num_heads
        query, key, value = (x.chunk(heads, -1) for x in (query, key, value))
        maps = []
        for h in range(heads):
            scores = torch.einsum('btid,btjd->btij', query[h], key[h])
            scores = scores / key[h].size(-1) ** 0.5
            maps.append(scores if mask is None else scores + mask[0, h])
        # (B, T, heads, L, S) -> (B * T, heads, L, S)
        weights = torch.stack(maps, dim=2).softmax(-1).flatten(0, 1)
        record.append(weights)
        weights = weights.unflatten(0, key[0].shape[:2])
        read = [weights[:, :, h] @ value[h] for h in range(heads)]
        return layer.project(torch.cat(read, -1))

    whole, whole_mix = Layer.attend_normed, Layer.mix
    monkeypatch.setattr(Layer, 'mix', mix)
    monkeypatch.setattr(Layer, '__call__', call)
    monkeypatch.setattr(Layer, 'attend_normed', attend_normed)
    return record


@pytest.mark.parametrize('name', ALL)
def test_relevance_of_every_kind_of_model(name, slow_layers, monkeypatch):
    """The gradients through adapters, poolers, conditioners and heads."""
    model, inputs = build(name, FLOAT64), clip_of(dtype=FLOAT64)
    model.backbone.patch_tokens = True
    features, _ = model.extract_feat(inputs.requires_grad_())
    logits = model.cls_head(features)
    if name == 'templates':  # of which the tool takes the mean
        logits = model.cls_head.similarities(features)
        logits = logits.unflatten(1, (2, -1)).mean(dim=1)
    record = list(slow_layers)
    assert len(record) == LAYERS
    (gradient,) = torch.autograd.grad(logits[0, 2], record[-1:])
    product = (gradient * record[-1].detach()).clamp(min=0).mean(dim=1)
    # context comes before the class token, prompts that stayed after places
    stayed = name in STAY
    first = 0 if stayed else record[-1].size(-1) - OWN
    columns = slice(first + 1, first + OWN)
    row = 0 if name == 'tc-clip' else first  # where tokens alone are queries
    expected = product[:, row, columns].unflatten(-1, (GRID, GRID))
    monkeypatch.undo()
    model.backbone.patch_tokens = name == 'xclip'
    maps = relevance(model, inputs, 2)
    assert maps.shape == (4, GRID, GRID) and maps.max() > 0
    torch.testing.assert_close(maps, expected)


@pytest.mark.parametrize('name', ALL)
def test_the_model_computes_what_it_does_otherwise_and_is_not_changed(name):
    model, inputs = build(name), clip_of()
    before = {key: p.clone() for key, p in model.state_dict().items()}
    parts = dict(model.named_modules())
    switches = (model.backbone.patch_tokens, model.backbone.with_cp)
    with torch.no_grad():
        expected, _ = model.extract_feat(inputs)
    recorded, attention = record_attention(model, inputs)
    for field in ('video', 'text'):
        one, other = getattr(recorded, field), getattr(expected, field)
        if other is not None:
            torch.testing.assert_close(one, other, atol=1e-5, rtol=1e-5)
    for layer in attention:
        rows = layer.weights.sum(dim=-1)
        torch.testing.assert_close(rows, torch.ones_like(rows))
    relevance(model, inputs, 0)
    assert dict(model.named_modules()) == parts
    assert (model.backbone.patch_tokens, model.backbone.with_cp) == switches
    assert all(p.grad is None for p in model.parameters())
    for key, value in model.state_dict().items():
        assert torch.equal(value, before[key])
    with torch.no_grad():
        again, _ = model.extract_feat(inputs)
    assert torch.equal(again.video, expected.video)


def test_frozen_weights_and_checkpointing_are_no_obstacle():
    model, inputs = build('vilt'), clip_of()
    expected = relevance(model, inputs, 1, 'all')
    model.requires_grad_(False)
    model.backbone.with_cp = True
    maps = relevance(model, inputs, 1, 'all')
    torch.testing.assert_close(maps, expected)


def test_another_text_has_another_map():
    model, inputs = build('clip'), clip_of()
    maps = relevance(model, inputs, 0, 'all')
    assert not torch.allclose(maps, relevance(model, inputs, 1, 'all'))
    model.set_classes(CLASSES[1:2])
    alone = relevance(model, inputs, 0, 'all')
    model.set_classes(CLASSES)
    torch.testing.assert_close(alone, relevance(model, inputs, 1, 'all'))


def test_layers():
    assert list(choose_layers('last', 12)) == [11]
    assert list(choose_layers('all', 3)) == [0, 1, 2]
    assert list(choose_layers('2', 12)) == [2]
    assert list(choose_layers('8-11', 12)) == [8, 9, 10, 11]
    for wrong in ('12', '3-2', 'first', '8-12', '-1'):
        with pytest.raises(UserError, match='from 0 to 11'):
            choose_layers(wrong, 12)


def test_lines_for_what_cannot_be_drawn():
    model, inputs = build('clip'), clip_of()
    with pytest.raises(UserError, match='class 3 of 3'):
        relevance(model, inputs, 3)
    with pytest.raises(UserError, match=r'one view of one video'):
        relevance(model, inputs.expand(1, 2, -1, -1, -1, -1), 0)
    with pytest.raises(UserError, match="heads='min', expected one of"):
        rollout(model, inputs, heads='min')
    other = torch.nn.Linear(2, 2)
    with pytest.raises(UserError, match='Linear: attention maps need'):
        rollout(other, inputs)


def choose(name, text, classes=CLASSES):
    model, inputs = build(name), clip_of()
    sample = ActionDataSample()
    return model, choose_target(model, inputs, [sample], text, classes)


def test_any_text_can_be_explained():
    model, target = choose('clip', 'a dog on a bike')
    assert target.index == 0 and model.class_names == ('a dog on a bike',)


def test_without_a_text_it_is_the_predicted_class():
    model, inputs = build('clip'), clip_of()
    (sample,) = model.predict(inputs, [ActionDataSample()])
    best = int(sample.pred_score.argmax())
    model, target = choose('clip', None)
    assert target.name == CLASSES[best] and model.class_names == (
        CLASSES[best],
    )
    assert f'{sample.pred_score[best]:.2f}' in target.describe()
    with pytest.raises(UserError, match='have no class names'):
        choose('clip', None, ())


@pytest.mark.parametrize('name', ['vita', 'linear head'])
def test_models_of_fixed_classes_take_one_of_them(name):
    for text in (CLASSES[2], '2'):
        model, target = choose(name, text)
        assert target.index == 2 and model.class_names == CLASSES
    with pytest.raises(UserError, match="'dog' is none of the 3 classes"):
        choose(name, 'dog')


def test_a_model_of_captions_gets_the_text_with_the_sample():
    torch.manual_seed(0)
    head = dict(
        type='ContrastiveHead', alignment=dict(type='SymmetricContrastiveLoss')
    )
    texts = dict(type='CaptionTexts')
    config = {**BASE, 'texts': texts, 'cls_head': head}
    model, inputs = MODELS.build(config).eval(), clip_of()
    samples = [ActionDataSample()]
    target = choose_target(model, inputs, samples, 'a photo of a dog.', ())
    maps = relevance(model, inputs, target.index, data_samples=samples)
    assert maps.shape == (4, GRID, GRID) and maps.max() > 0
    with pytest.raises(UserError, match='give one with --text'):
        choose_target(model, inputs, samples, None, ())
