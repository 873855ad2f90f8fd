"""ViLT-CLIP by its formulas, with class names and with captions."""

import reference
import torch
from helpers import build as vilt_clip
from reference_models import (
    CAPTIONS,
    IN_BATCH,
    TOKENIZER,
    align,
    build,
    captioned,
    check,
    clips,
    encode_frames,
    linear,
    pair_loss,
    samples,
    unit,
)
from tiny import CLASSES

from vlprompt.models import ClassTexts


def test_retrieval_with_vilt_clip_equals_the_formulas(precision):
    model = build(
        classes=None,
        texts=dict(type='CaptionTexts', template='[3] {}'),
        prompts=dict(type='ViLTPrompts', depth=4, split=2),
        cls_head=IN_BATCH,
        trainable=['prompts.*'],
    )
    free = model.prompts.free
    to_visual, to_text = (c.maps[0] for c in model.prompts.couplings)
    first, last = free['text'].vectors, free['visual'].vectors
    assert first.shape == (2, 3, 16)
    assert last.shape == (2, 3, 32)
    prompts = dict(
        text=[*first, *(linear(p, to_text) for p in last)],
        visual=[*(linear(p, to_visual) for p in first), *last],
    )
    inputs = clips(3, 4)
    ours = align(model, inputs, captioned())

    video = encode_frames(model, inputs, prompts['visual']).mean(1)
    ids = torch.zeros(3, 77).long()
    for row, caption in zip(ids, CAPTIONS, strict=True):
        words = TOKENIZER.encode(caption)[: 77 - 2 - 3]
        line = [49406, 343, 343, 343, *words, 49407]
        row[: len(line)] = torch.tensor(line)
    assert ids[2, 76] == 49407
    text = reference.encode_text(
        model.text_encoder.text, ids, [range(1, 4)] * 3, prompts['text']
    )
    scores = model.cls_head.logit_scale.exp() * unit(text) @ unit(video).T
    theirs = dict(
        video=video, text=text, scores=scores, loss=pair_loss(scores)
    )
    check(model, ours, theirs)


def test_vilt_clip_equals_the_formulas(float64):
    """Forward, loss and every gradient, in float64."""
    model = vilt_clip().double().train()
    for p in model.parameters():
        p.data += 0.05 * torch.randn_like(p)
    inputs, labels = clips(3, 4).double(), torch.tensor([1, 3, 0])
    losses = model(inputs, samples(*labels.tolist()), mode='loss')

    prompts = model.prompts()
    words = ClassTexts(TOKENIZER, '[3] {}.', classes=CLASSES)()
    anchor = 'a video of a person doing {}.'
    hand = ClassTexts(TOKENIZER, anchor, classes=CLASSES)()
    text_tower = model.text_encoder.text
    frames = inputs[:, 0].transpose(1, 2)
    video = reference.encode_frames(
        model.backbone.visual, frames, prompts['visual']
    ).mean(1)
    text = reference.encode_text(
        text_tower, words.ids, words.slots, prompts['text']
    )
    teacher = reference.encode_text(
        text_tower, hand.ids, hand.slots, [None] * 4
    )
    video, text, teacher = (
        x / x.norm(dim=-1, keepdim=True) for x in (video, text, teacher)
    )
    logits = model.cls_head.logit_scale.exp() * video @ text.T
    target = torch.full_like(logits, 0.1 / len(CLASSES))
    target[range(3), labels] += 0.9
    ce = -(target * logits.log_softmax(-1)).sum(-1).mean()
    guided = 8 * (1 - (text * teacher).sum(-1)).mean()
    torch.testing.assert_close(losses['loss_cls'], ce, atol=1e-9, rtol=0)
    torch.testing.assert_close(
        losses['loss_scenario'], guided, atol=1e-9, rtol=0
    )
    learned = [p for p in model.parameters() if p.requires_grad]
    ours = torch.autograd.grad(
        losses['loss_cls'] + losses['loss_scenario'], learned
    )
    theirs = torch.autograd.grad(ce + guided, learned)
    for a, b in zip(ours, theirs, strict=True):
        torch.testing.assert_close(a, b, atol=1e-9, rtol=1e-7)
