"""What may be said of each class of the toy world.

Sentences are true of every clip of a class: a test compares them with the
paths that the motions draw.
"""

from .shapes import RIMS

# What a thing does, as a whole; not the same number for each motion.
WHOLE = {
    'bouncing': (
        'the {thing} goes up and comes down',
        'the {thing} falls to the bottom and springs back up',
    ),
    'spinning': (
        'the {thing} turns about itself in its place',
        'the {thing} is upright, then upside down, then upright again',
    ),
    'circling': ('the {thing} goes round along a wide circle',),
    'blinking': (
        'the {thing} is there, then gone, then there again',
        'the {thing} appears and disappears in its place',
        'the {thing} goes on and off',
    ),
    'moving left to right': (
        'the {thing} starts on the left and ends on the right',
    ),
    'moving right to left': (
        'the {thing} starts on the right and ends on the left',
    ),
    'growing': (
        'the {thing} is tiny at first and large at the end',
        'the {thing} becomes larger in its place',
    ),
    'shrinking': (
        'the {thing} is large at first and tiny at the end',
        'the {thing} becomes smaller in its place',
    ),
}
# What is seen in the course of it, four moments of each motion.
MOMENTS = {
    'bouncing': (
        'a {thing} at the bottom',
        'a {thing} on its way up from the bottom',
        'a {thing} above the bottom',
        'a {thing} on its way down to the bottom',
    ),
    'spinning': (
        'an upright {thing}',
        'a {thing} tilted to the right',
        'a {thing} upside down',
        'a {thing} tilted to the left',
    ),
    'circling': (
        'a {thing} on the left',
        'a {thing} at the top',
        'a {thing} on the right',
        'a {thing} at the bottom',
    ),
    'blinking': (
        'a {thing} that is there',
        'a {thing} that is gone',
        'nothing where the {thing} was there before',
        'a {thing} that is there again',
    ),
    'moving left to right': (
        'a {thing} on the left at first',
        'then a {thing} in the middle',
        'then a {thing} on the right',
        'a {thing} on the right at the end',
    ),
    'moving right to left': (
        'a {thing} on the right at first',
        'then a {thing} in the middle',
        'then a {thing} on the left',
        'a {thing} on the left at the end',
    ),
    'growing': (
        'a tiny {thing} at first',
        'then a small {thing}',
        'then a medium {thing}',
        'a large {thing} at the end',
    ),
    'shrinking': (
        'a large {thing} at first',
        'then a medium {thing}',
        'then a small {thing}',
        'a tiny {thing} at the end',
    ),
}
OUTLINES = {
    'star': 'five points',
    'heart': 'two round lobes and one point',
    'arrow': 'a shaft and one pointed head',
    'moon': 'two horns',
}
RIM_WORDS = {
    (20, 20, 20): 'a dark rim',
    (250, 250, 250): 'a white rim',
    (120, 120, 120): 'a gray rim',
    None: 'no rim',
}


def describe_look(thing: str) -> list[str]:
    """Four sentences about how a thing looks, however it moves."""
    color, shape = thing.split()
    return [
        f'a {thing}',
        f'a {color} thing with {OUTLINES[shape]}',
        f'a {shape} that is {color} and has {RIM_WORDS[RIMS[shape]]}',
        f'a single {thing} in the picture',
    ]


def describe_motion(
    table: dict[str, tuple[str, ...]], thing: str, motion: str
) -> list[str]:
    """The sentences of a table about one thing."""
    return [sentence.format(thing=thing) for sentence in table[motion]]
