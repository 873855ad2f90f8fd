"""Whether methods of the toy zoo tell order where they can, and only there."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import NormalDist, fmean
from typing import NamedTuple

from .zoo_results import Systems, ZooResults
from .zoo_variants import VARIANTS

LIMIT = 2  # standard errors of a guess that are no difference yet
# Why a method that can tell order hardly does: what follows from what it is.
EXPLANATIONS = {
    'clip_toy': (
        'nothing is learnt: its frames may show the order, but its texts have '
        'never been compared with frames that do'
    ),
    'actionclip_conv1d_toy': (
        'a convolution over time and the mean after it are both linear: all '
        'that is left of the order is what the first and the last frame lack '
        'beyond the ends of the clip ([measured](toy_world.md#every-system))'
    ),
    'actionclip_cls_toy': (
        'positions of deviation 0.02 are added to embeddings of deviation '
        '1.33, without a norm before the attention: it sees them once they '
        'have grown ([measured](toy_world.md#every-system))'
    ),
    'clip4clip_tight_toy': (
        'it has no cosine to start from, and is right about few of its own '
        'training clips in this budget '
        '([measured](toy_world.md#every-system))'
    ),
    'tmass_toy': (
        'the order of frames enters the radius of the ball around a text '
        'alone, not what is compared with it'
    ),
}
NOT_EXPLAINED = 'not explained yet'


class Surprise(NamedTuple):
    """A method that does not tell order as its definition predicts.

    Attributes:
        method: Its name.
        variant: What is added to it.
        ordered: Whether it can tell order.
        direction: What it reaches, in percent; 50 is a guess.
        error: The standard error of a guess.
        why: The explanation.
    """

    method: str
    variant: str
    ordered: bool
    direction: float
    error: float
    why: str

    def line(self) -> str:
        """An item of a list."""
        can = 'can' if self.ordered else 'cannot'
        return (
            f'* {self.method}, {self.variant}: {can} tell order, direction '
            f'{self.direction:.1f} (a guess is 50 ± {self.error:.1f}): '
            f'{self.why}'
        )


class OrderChecks(NamedTuple):
    """All that was checked.

    Attributes:
        able: How many cells can tell order.
        unable: How many cannot.
        surprises: Those that are not as predicted.
    """

    able: int
    unable: int
    surprises: list[Surprise]

    def lines(self) -> Iterator[str]:
        """What is said of them on the page."""
        chance = 2 * (1 - NormalDist().cdf(LIMIT))
        both = [
            (True, self.able, 'guess'),
            (False, self.unable, 'do not guess'),
        ]
        for ordered, number, verb in both:
            found = [s for s in self.surprises if s.ordered == ordered]
            can = 'can' if ordered else 'cannot'
            line = (
                f'Of {number} methods and variants that {can} tell the order '
                f'of frames, {len(found)} {verb}'
            )
            if not ordered:
                line += f'; by chance about {chance * number:.1f} would'
            yield '\n'.join([f'{line}.', '', *(s.line() for s in found)])


def check_order(
    results: ZooResults, systems: Systems, variants: Sequence[str]
) -> OrderChecks:
    """Compare the directions measured with what definitions predict.

    Those that cannot tell order should guess, within :data:`LIMIT` standard
    errors of a guess on the clips of one seed (all seeds have the same
    clips); those that can should be above.
    """
    counts, surprises = {True: 0, False: 0}, []
    for method, (config, sees) in systems.items():
        for variant in variants:
            cell = results.cell(config, variant)
            if not cell.scores:
                continue
            ordered = sees or VARIANTS[variant].order
            counts[ordered] += 1
            direction = fmean(cell.direction().values())
            error = 50 / cell.pairs() ** 0.5
            distance = (direction - 50) / error
            guesses = abs(distance) <= LIMIT
            if guesses != ordered and (distance > 0 or not ordered):
                continue
            why = _why(Path(config).stem, ordered)
            surprises.append(
                Surprise(method, variant, ordered, direction, error, why)
            )
    return OrderChecks(counts[True], counts[False], surprises)


def _why(stem: str, ordered: bool) -> str:
    if not ordered:
        return 'chance, if there are no more of these than chance gives'
    return EXPLANATIONS.get(stem, NOT_EXPLAINED)
