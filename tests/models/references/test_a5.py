"""A5 by its formulas: its table of vectors, its positions, its losses."""

import pytest
import reference
import torch
from reference_models import (
    TOKENIZER,
    build,
    check,
    classify,
    clips,
    close,
    cross_entropy,
    encode_frames,
    norm,
    run_blocks,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.errors import UserError

LABELS = (1, 3, 1)
A5 = dict(
    texts=dict(type='SampledClassTexts', template='[4] {} [4]', num=3),
    prompts=dict(
        type='PromptLearner', text=dict(type='PositionPrompts', std=0.01)
    ),
    pooler=dict(
        type='TransformerPooler',
        num_layers=2,
        num_positions=4,
        heads=3,
        residual=False,
        init='torch',
        position_std=0.01,
    ),
    cls_head=dict(
        type='SimilarityHead', temperature=0.07, average_clips='score'
    ),
    trainable=['prompts.*', 'pooler.*'],
)


def a5_rows(table, words, name, before=4, behind=4):
    """The (77, D) rows of a class and the place where they end."""
    ids = TOKENIZER(name)[0]
    ind = int(ids.argmax())
    rows = list(table)
    rows[0] = words[ids[0]]
    for k in range(1, ind):
        rows[before + k] = words[ids[k]]
    end = before + ind + behind
    rows[end] = words[ids[ind]]
    return torch.stack(rows), end


def a5_text(model, name):
    """The table of A5, the name and both ends through the text tower."""
    text, table = model.text_encoder.text, model.prompts.free['text'].vectors
    x, end = a5_rows(table, text.token_embedding.weight, name)
    x = x + text.positional_embedding
    mask = torch.full((77, 77), -torch.inf).triu(1).to(x)
    for block in text.transformer.resblocks:
        x = reference.block(x[None], block, mask)[0]
    return norm(x[end], text.ln_final) @ text.text_projection


def a5_video(pooler, frames):
    """Positions, blocks, mean: no residual, no last norm."""
    x = frames + pooler.positions[: len(frames)]
    return run_blocks(x, pooler.blocks, 3).mean(0)


@pytest.mark.parametrize('num', [3, 5])
def test_a5_equals_the_formulas(precision, num):
    model = build(**{**A5, 'texts': dict(A5['texts'], num=num)})
    inputs, labeled = clips(3, 4), samples(*LABELS)
    ours = classify(model, inputs, labeled)
    classes = ours.pop('classes')
    assert (classes is None) == (num == len(CLASSES))
    classes = list(range(5)) if classes is None else classes.tolist()
    assert len(set(classes)) == len(classes) == num
    assert set(LABELS) <= set(classes)

    video = torch.stack(
        [a5_video(model.pooler, f) for f in encode_frames(model, inputs)]
    )
    text = torch.stack([a5_text(model, CLASSES[c]) for c in classes])
    logits = unit(video) @ unit(text).T / 0.07
    loss = cross_entropy(logits, [classes.index(c) for c in LABELS])
    check(model, ours, dict(video=video, text=text, logits=logits, loss=loss))


def test_a5_starts_as_published():
    model = build(noise=0, **A5)
    table = model.prompts.free['text'].vectors
    assert table.shape == (77, 16)
    assert table.std().item() == pytest.approx(0.01, rel=0.1)
    assert model.pooler.positions.shape == (4, 24)
    assert model.pooler.positions.std().item() == pytest.approx(0.01, rel=0.3)
    for block in model.pooler.blocks:
        bounds = {
            block.attn.in_proj_weight: (6 / (24 + 72)) ** 0.5,
            block.attn.out_proj.weight: 24**-0.5,
            block.mlp.c_fc.weight: 24**-0.5,
            block.mlp.c_fc.bias: 24**-0.5,
            block.mlp.c_proj.weight: 96**-0.5,
        }
        for tensor, bound in bounds.items():
            assert 0.9 * bound < tensor.abs().max() <= bound
        assert not block.attn.in_proj_bias.any()
        assert not block.attn.out_proj.bias.any()


def test_an_a5_text_ends_where_its_name_lets_it(float64):
    """Start, four rows, n words, four rows, end."""
    model = build(**A5).eval()
    table = model.prompts.free['text'].vectors
    for name, end, text in zip(
        CLASSES, model.texts().ends, model.encode_texts(), strict=True
    ):
        n = len(TOKENIZER.encode(name))
        assert end == 1 + 4 + n + 4
        assert a5_rows(table, torch.zeros(49408, 16), name)[1] == end
        (grad,) = torch.autograd.grad(text.sum(), table, retain_graph=True)
        read_rows = grad.abs().sum(-1).nonzero()[:, 0].tolist()
        assert read_rows == [*range(1, 5), *range(5 + n, 9 + n)]


def test_rows_behind_the_end_of_an_a5_text_do_not_matter(float64):
    model = build(**A5).eval()
    with torch.no_grad():
        before = model.encode_texts()
        ends = model.texts().ends
        behind = model.prompts.free['text'].vectors[int(ends.min()) :]
        behind += torch.randn_like(behind)
        model.train().eval()
        after = model.encode_texts()
        expected = torch.stack([a5_text(model, name) for name in CLASSES])
    close(after, expected)
    same = (before - after).abs().amax(-1) < 1e-12
    assert same.tolist() == (ends == ends.min()).tolist()
    assert not same.all()


def test_candidates_are_the_classes_of_the_batch_and_some_others():
    texts = build(**A5).texts
    drawn = set()
    for _ in range(40):
        classes = texts(samples(*LABELS)).targets.tolist()
        assert len(set(classes)) == len(classes) == 3
        assert {1, 3} <= set(classes)
        drawn |= set(classes)
    assert drawn == set(range(5))
    many = texts(samples(4, 0, 1, 2, 0)).targets.tolist()
    assert sorted(many) == [0, 1, 2, 4]
    assert texts.eval()(samples(*LABELS)).targets is None


def test_a_loss_over_candidates_leaves_the_others_out(float64):
    model = build(**A5)
    inputs, labeled = clips(3, 4), samples(*LABELS)
    with torch.no_grad():
        every = unit(torch.stack([a5_text(model, c) for c in CLASSES]))
        for _ in range(4):
            ours = classify(model, inputs, labeled)
            classes = ours['classes'].tolist()
            logits = (unit(ours['video']) @ every.T / 0.07)[:, classes]
            targets = [classes.index(label) for label in LABELS]
            close(ours['loss'], cross_entropy(logits, targets))
        scores = model.eval().predict(inputs, labeled)
    assert all(s.pred_score.shape == (5,) for s in scores)


@pytest.mark.parametrize('num', [5, 400])
def test_enough_candidates_are_all_classes(float64, num):
    inputs, labeled = clips(3, 4), samples(*LABELS)
    cfg = dict(A5, cls_head=dict(A5['cls_head'], label_smooth_eps=0.1))
    sides = []
    for texts in (
        dict(A5['texts'], num=num),
        dict(type='ClassTexts', template='[4] {} [4]'),
    ):
        model = build(**{**cfg, 'texts': texts})
        loss = classify(model, inputs, labeled)['loss']
        learned = [p for p in model.parameters() if p.requires_grad]
        sides.append([loss, *torch.autograd.grad(loss, learned)])
    for a, b in zip(*sides, strict=True):
        assert torch.equal(a, b)


def test_smoothed_labels_do_not_fit_candidates():
    head = dict(A5['cls_head'], label_smooth_eps=0.1)
    model = build(**{**A5, 'cls_head': head})
    with pytest.raises(UserError, match='label_smooth_eps'):
        model(clips(3, 4), samples(*LABELS), mode='loss')
