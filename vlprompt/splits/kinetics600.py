"""Classes of Kinetics-600 that Kinetics-400 does not have."""

from collections.abc import Sequence

from vlprompt.errors import UserError

from .draws import sort_key

# Kinetics-400's name, and that of the same class in Kinetics-600.
RENAMED = {
    'baby waking up': 'waking up',
    'balloon blowing': 'inflating balloons',
    'changing wheel': 'changing wheel (not on bike)',
    'cooking sausages': 'cooking sausages (not on barbeque)',
    'dying hair': 'dyeing hair',
    'garbage collecting': 'person collecting garbage',
    'hugging': 'hugging (not baby)',
    'making bed': 'making the bed',
    'opening bottle': 'opening bottle (not wine)',
    'passing American football (not in game)': (
        'passing american football (not in game)'
    ),
    'throwing ball': 'throwing ball (not baseball or American football)',
    'tying tie': 'tying necktie',
}


def new_names(
    class_names: Sequence[str], trained_on: Sequence[str]
) -> list[str]:
    """The classes that are not, under either name, among those trained on."""
    known = {*trained_on, *(RENAMED.get(name, name) for name in trained_on)}
    return sorted(name for name in class_names if name not in known)


def draw_names(names: Sequence[str], number: int, seed: int) -> list[str]:
    """Draw classes by the SHA-256 of ``seed:name``; sorted by name.

    Raises:
        UserError: If there are not so many.
    """
    if number > len(names):
        raise UserError(
            f'{number} classes cannot be drawn from {len(names)} new ones'
        )
    drawn = sorted(names, key=lambda name: sort_key(seed, name))[:number]
    return sorted(drawn)
