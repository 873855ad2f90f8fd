"""Token-wise interaction by its formulas, word by word, frame by frame."""

import pytest
import reference
import torch
from reference_models import (
    EMBED,
    TOKENIZER,
    align,
    build,
    captioned,
    check,
    clips,
    close,
    encode_frames,
    linear,
    pair_loss,
    unit,
)

from vlprompt.errors import UserError
from vlprompt.models import TokenInteractionHead

LINES = ('a man rides a bike', 'Cooking', 'two dogs chase a red ball')
VALID = (4, 2, 3)
ALIGNMENT = dict(type='SymmetricContrastiveLoss')
# The last biases shift all scores of a softmax.
UNMOVED = [
    f'cls_head.token_scores.{side}.{place}.bias'
    for side in ('text', 'video')
    for place in (0, 2, 4)
]
OPTIONS = {
    'wti': {},
    'one layer': dict(num_layers=1),
    'three layers': dict(num_layers=3),
    'all alike': dict(num_layers=0),
    'colbert': dict(num_layers=0, sides=('text',)),
    'of frames': dict(sides=('video',)),
    'published padding': dict(padded_length=8),
    'blocks': dict(texts_at_once=1),
}


def interaction(**options):
    """A model of captions whose words and frames are compared."""
    return build(
        classes=None,
        texts=dict(type='CaptionTexts', max_tokens=32),
        text_encoder=dict(type='CLIPTextTower', all_tokens='longest'),
        pooler=dict(type='IdentityPooler'),
        cls_head=dict(
            type='TokenInteractionHead', alignment=ALIGNMENT, **options
        ),
        trainable=[
            '*.transformer.*',
            '*.ln_post.*',
            '*.visual.proj',
            'text_encoder.text.ln_final.*',
            'text_encoder.text.text_projection',
            'cls_head.*',
        ],
    )


def encode_words(model, line):
    """A line to the (L, E) embeddings of its tokens, ends included."""
    text = model.text_encoder.text
    ids = [49406, *TOKENIZER.encode(line), 49407]
    mask = torch.full((len(ids), len(ids)), -torch.inf).triu(1)
    x = (
        text.token_embedding.weight[ids]
        + text.positional_embedding[: len(ids)]
    )
    for module in text.transformer.resblocks:
        x = reference.block(x[None], module, mask.to(x))[0]
    return reference.layer_norm(x, text.ln_final) @ text.text_projection


def weights(tokens, head, side):
    """The (L,) weights of the tokens of a text or a video."""
    scores = []
    for x in tokens:
        if side not in head.token_scores:
            scores.append(torch.zeros(()))
            continue
        for i, module in enumerate(head.token_scores[side]):
            x = linear(x, module) if i % 2 == 0 else x * (x > 0)
        scores.append(x[0])
    return torch.stack(scores).softmax(0)


def score(words, frames, head, padded):
    """(L, E) words and (T, E) real frames to their similarity.

    ``padded`` says whether there are words, and frames, of padding.
    """
    floor = [-torch.inf, -torch.inf]
    if head.padded_length is not None:
        floor = [0.0 if there else -torch.inf for there in padded]
    cosines = [[unit(w) @ unit(f) for f in frames] for w in words]
    sides = []
    if 'text' in head.sides:
        best = [max(row, key=torch.Tensor.item) for row in cosines]
        best = [b if b > floor[1] else 0 * b for b in best]
        share = weights(words, head, 'text')
        sides.append(sum(w * b for w, b in zip(share, best, strict=True)))
    if 'video' in head.sides:
        best = [
            max(column, key=torch.Tensor.item)
            for column in zip(*cosines, strict=True)
        ]
        best = [b if b > floor[0] else 0 * b for b in best]
        share = weights(frames, head, 'video')
        sides.append(sum(w * b for w, b in zip(share, best, strict=True)))
    return sum(sides) / len(sides)


def interact(model, inputs):
    """Scores and loss."""
    head = model.cls_head
    texts = [encode_words(model, line) for line in LINES]
    videos = [
        f[:number]
        for f, number in zip(encode_frames(model, inputs), VALID, strict=True)
    ]
    limit = head.padded_length or 0
    rows = [
        torch.stack(
            [
                score(
                    words, frames, head, (len(words) < limit, len(frames) < 4)
                )
                for frames in videos
            ]
        )
        for words in texts
    ]
    scores = head.logit_scale.exp() * torch.stack(rows)
    return dict(scores=scores, loss=pair_loss(scores))


@pytest.mark.parametrize('name', OPTIONS)
def test_it_equals_the_formulas(precision, name):
    model = interaction(**OPTIONS[name])
    inputs = clips(3, 4)
    ours = align(model, inputs, captioned(VALID, LINES))
    check(model, ours, interact(model, inputs), UNMOVED)


def test_published_padding_matters():
    """Some frames and words are more like padding than like each other."""
    scores = []
    for length in (None, 8):
        model = interaction(padded_length=length).eval()
        with torch.no_grad():
            features, _ = model.extract_feat(
                clips(3, 4), data_samples=captioned(VALID, LINES)
            )
            scores.append(model.cls_head.compare(features))
    assert (scores[0] - scores[1]).abs().max() > 1e-3


@pytest.mark.parametrize('frames', [1, 2, 3])
def test_padding_and_blocks_change_nothing(float64, frames):
    """Neither frames nor words that are none."""
    model = interaction().eval()
    inputs = clips(3, 4)
    inputs[:, :, :, frames:] = 1e3
    samples = captioned([frames] * 3, LINES)
    with torch.no_grad():
        padded, _ = model.extract_feat(inputs, data_samples=samples)
        alone, _ = model.extract_feat(
            inputs[:, :, :, :frames], data_samples=captioned((), LINES)
        )
        scores = model.cls_head.compare(alone)
        close(model.cls_head.compare(padded), scores)
        longer = padded._replace(
            text_tokens=torch.cat(
                [padded.text_tokens, torch.full((3, 5, EMBED), 1e3)], 1
            ),
            text_mask=torch.cat(
                [padded.text_mask, torch.zeros(3, 5, dtype=torch.bool)], 1
            ),
        )
        close(model.cls_head.compare(longer), scores)
        for number in (1, 2, 3):
            model.cls_head.texts_at_once = number
            close(model.cls_head.compare(padded), scores)


@pytest.mark.parametrize(
    ('num_layers', 'size'),
    [(0, 0), (1, 1_026), (2, 526_338), (3, 1_051_650)],
)
def test_sizes(num_layers, size):
    head = TokenInteractionHead(
        512, num_layers=num_layers, alignment=ALIGNMENT
    )
    assert sum(p.numel() for p in head.token_scores.parameters()) == size


def test_what_does_not_fit_is_refused():
    with pytest.raises(UserError, match="sides=.'words',., expected some"):
        TokenInteractionHead(8, sides=('words',), alignment=ALIGNMENT)
    with pytest.raises(UserError, match='texts_at_once=0'):
        TokenInteractionHead(8, texts_at_once=0, alignment=ALIGNMENT)
    model = interaction().eval()
    features, _ = model.extract_feat(
        clips(3, 4), data_samples=captioned((), LINES)
    )
    with pytest.raises(UserError, match="all_tokens='longest'"):
        model.cls_head.compare(features._replace(text_tokens=None))
