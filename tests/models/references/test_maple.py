"""MaPLe by its formulas."""

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
    linear,
    prompted,
    samples,
)
from tiny import CLASSES

from vlprompt.models import ClassTexts

LABELS = (1, 3, 1)


def maple(**kwargs):
    """MaPLe: words to begin with, vision follows text with a map a layer."""
    return build(
        texts=dict(type='ClassTexts', template='[a photo] {}.'),
        prompts=dict(
            type='ViLTPrompts', coupling='text2vision', shared=False, depth=3
        ),
        trainable=['prompts.*'],
        **kwargs,
    )


def test_maple_equals_the_formulas(precision):
    model = maple()
    vectors = model.prompts.free['text'].vectors
    (coupling,) = model.prompts.couplings
    assert vectors.shape == (3, 2, 16)
    assert len(coupling.maps) == 3
    prompts = dict(
        text=[*vectors, None],
        visual=[
            *(
                linear(vector, one)
                for vector, one in zip(vectors, coupling.maps, strict=True)
            ),
            None,
        ],
    )
    inputs = clips(3, 4)
    ours = classify(model, inputs, samples(*LABELS))
    lines = [f'{name}.' for name in CLASSES]
    theirs = prompted(model, inputs, lines, 2, prompts)
    theirs['loss'] = cross_entropy(theirs['logits'], LABELS)
    check(model, ours, theirs)


def test_maple_starts_as_the_words_of_its_template(float64):
    """Unlearnt, its first text prompts are CLIP's words."""
    model = maple(noise=0)
    vectors = model.prompts.free['text'].vectors
    table = model.text_encoder.text.token_embedding.weight
    assert torch.equal(vectors[0], table[torch.tensor([320, 1125])])
    assert vectors[1:].std().item() == pytest.approx(0.02, rel=0.3)
    maps = model.prompts.couplings[0].maps
    for other in maps[1:]:
        assert other.weight is not maps[0].weight
        assert torch.equal(other.weight, maps[0].weight)
    words = ClassTexts(TOKENIZER, '[a photo] {}.', classes=CLASSES)()
    lines = [f'a photo {name}.' for name in CLASSES]
    deep = [None, *vectors[1:], None]
    text = reference.encode_text(
        model.text_encoder.text, TOKENIZER(lines), words.slots, deep
    )
    close(model.encode_texts(), text)
