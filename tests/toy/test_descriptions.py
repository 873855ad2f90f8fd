"""What is said of the classes of the toy world is true of their clips."""

import re

import numpy as np
import pytest

from vlprompt.datasets.lists.descriptions import describe_classes
from vlprompt.toy import lists
from vlprompt.toy.captions import SIZES
from vlprompt.toy.descriptions import MOMENTS, OUTLINES, WHOLE
from vlprompt.toy.motions import MOTIONS
from vlprompt.toy.shapes import SHAPES
from vlprompt.toy.world import class_names

FRAMES = 20
CLIPS = 100  # of each motion
LIMITS = zip(SIZES, [0, *SIZES.values()], SIZES.values(), strict=False)


def upright(angle):
    """Degrees from -180 to 180."""
    return (angle + 180) % 360 - 180


# For each word (T,) truths of a path.
WORDS = {
    **{
        size: lambda p, low=low, high=high: (p.size >= low) & (p.size < high)
        for size, low, high in LIMITS
    },
    'on the left': lambda p: p.x < 1 / 3,
    'in the middle': lambda p: abs(p.x - 0.5) < 1 / 6,
    'on the right': lambda p: p.x > 2 / 3,
    'at the top': lambda p: p.y < 1 / 3,
    'bottom': lambda p: p.y > 2 / 3,
    'above': lambda p: p.y < 2 / 3,
    'goes up': lambda p: np.diff(p.y, append=p.y[-1]) < 0,
    'way up': lambda p: np.diff(p.y, append=p.y[-1]) < 0,
    'springs back up': lambda p: np.diff(p.y, append=p.y[-1]) < 0,
    'down': lambda p: np.diff(p.y, append=p.y[-1]) > 0,
    'falls': lambda p: np.diff(p.y, append=p.y[-1]) > 0,
    'upright': lambda p: abs(upright(p.angle)) < 45,
    'tilted to the right': lambda p: abs(upright(p.angle - 90)) < 45,
    'tilted to the left': lambda p: abs(upright(p.angle + 90)) < 45,
    'upside down': lambda p: abs(upright(p.angle)) > 135,
    'turns': lambda p: np.diff(p.angle, append=p.angle[-1]) != 0,
    'in its place': lambda p: (p.x == p.x[0]) & (p.y == p.y[0]),
    'larger': lambda p: np.diff(p.size, append=p.size[-1]) > 0,
    'smaller': lambda p: np.diff(p.size, append=p.size[-1]) < 0,
    'there': lambda p: p.visible,
    'gone': lambda p: ~p.visible,
    'nothing': lambda p: ~p.visible,
    'disappears': lambda p: ~p.visible,
    'appears': lambda p: p.visible,
    'goes on': lambda p: p.visible,
    'off': lambda p: ~p.visible,
    'round': lambda p: np.hypot(p.x - p.x[0], p.y - p.y[0]) > 0.5,
}
CLAIM = re.compile('|'.join(rf'\b{word}\b' for word in WORDS))


def holds(sentence, path):
    """Whether all that a sentence claims is true at some time, in order."""
    if 'in its place' in sentence and not WORDS['in its place'](path).all():
        return False
    start = 0
    claims = [*CLAIM.finditer(sentence)]
    for place, claim in enumerate(claims):
        end = claims[place + 1].start() if claims[place + 1 :] else None
        after = sentence[claim.end() : end]
        before = sentence[claims[place - 1].end() if place else 0 :]
        before = before[: claim.start()]
        truth = WORDS[claim[0]](path)
        if 'at first' in after or before.endswith('starts '):
            truth = truth & (np.arange(FRAMES) == 0)
        if 'at the end' in after or before.endswith('ends '):
            truth = truth & (np.arange(FRAMES) == FRAMES - 1)
        times = np.flatnonzero(truth[start:])
        if not len(times):
            return False
        if ', then' in sentence:
            start += times[0]
    return bool(claims)


def paths(motion):
    rng = np.random.default_rng(0)
    return [MOTIONS[motion](rng, FRAMES) for _ in range(CLIPS)]


@pytest.mark.parametrize('motion', MOTIONS)
def test_sentences_are_true_of_all_clips(motion):
    for sentence in (*WHOLE[motion], *MOMENTS[motion]):
        truths = [holds(sentence, path) for path in paths(motion)]
        assert all(truths), (sentence, sum(truths))


def test_sentences_about_other_motions_are_not_true():
    """Else the test above could not fail."""
    for motion in ('growing', 'shrinking', 'moving left to right', 'spinning'):
        for other in ('bouncing', 'blinking'):
            for sentence in (*WHOLE[motion], *MOMENTS[motion]):
                if sentence == 'an upright {thing}':
                    continue
                truths = [holds(sentence, path) for path in paths(other)]
                assert not all(truths), sentence


def test_every_class_is_described():
    assert {*WHOLE} == {*MOMENTS} == {*MOTIONS}
    assert {*OUTLINES} == {*SHAPES}
    files = lists.describe_classes()
    for name, content in files.items():
        sentences = describe_classes(content, class_names()).sentences
        numbers = {len(own) for own in sentences}
        assert (numbers == {4}) == (name != 'descriptions')
