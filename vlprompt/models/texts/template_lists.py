"""Lists of templates that methods have published."""

from collections.abc import Sequence

from vlprompt.errors import UserError

LISTS = {
    # ActionCLIP, in its order
    'actionclip16': (
        'a photo of action {}',
        'a picture of action {}',
        'Human action of {}',
        '{}, an action',
        '{} this is an action',
        '{}, a video of action',
        'Playing action of {}',
        '{}',
        'Playing a kind of action, {}',
        'Doing a kind of action, {}',
        'Look, the human is {}',
        'Can you recognize the action of {}?',
        'Video classification of {}',
        'A video of {}',
        'The man is {}',
        'The woman is {}',
    ),
    # Open-VCLIP and FROSTER: every medium with every way to name an action
    'openvclip28': tuple(
        f'a {medium} of {action}.'
        for medium in ('photo', 'video', 'example', 'demonstration')
        for action in (
            '{}',
            'a person {}',
            'a person using {}',
            'a person doing {}',
            'a person during {}',
            'a person performing {}',
            'a person practicing {}',
        )
    ),
    # PromptSRC: 60 of those that CLIP's authors used for ImageNet
    'promptsrc60': (
        'a photo of a {}.',
        'a bad photo of a {}.',
        'a photo of many {}.',
        'a sculpture of a {}.',
        'a photo of the hard to see {}.',
        'a low resolution photo of the {}.',
        'a rendering of a {}.',
        'graffiti of a {}.',
        'a bad photo of the {}.',
        'a cropped photo of the {}.',
        'a tattoo of a {}.',
        'the embroidered {}.',
        'a photo of a hard to see {}.',
        'a bright photo of a {}.',
        'a photo of a clean {}.',
        'a photo of a dirty {}.',
        'a dark photo of the {}.',
        'a drawing of a {}.',
        'a photo of my {}.',
        'the plastic {}.',
        'a photo of the cool {}.',
        'a close-up photo of a {}.',
        'a black and white photo of the {}.',
        'a painting of the {}.',
        'a painting of a {}.',
        'a pixelated photo of the {}.',
        'a sculpture of the {}.',
        'a bright photo of the {}.',
        'a cropped photo of a {}.',
        'a plastic {}.',
        'a photo of the dirty {}.',
        'a jpeg corrupted photo of a {}.',
        'a blurry photo of the {}.',
        'a photo of the {}.',
        'a good photo of the {}.',
        'a rendering of the {}.',
        'a {} in a video game.',
        'a photo of one {}.',
        'a doodle of a {}.',
        'a close-up photo of the {}.',
        'the origami {}.',
        'the {} in a video game.',
        'a sketch of a {}.',
        'a doodle of the {}.',
        'a origami {}.',
        'a low resolution photo of a {}.',
        'the toy {}.',
        'a rendition of the {}.',
        'a photo of the clean {}.',
        'a photo of a large {}.',
        'a rendition of a {}.',
        'a photo of a nice {}.',
        'a photo of a weird {}.',
        'a blurry photo of a {}.',
        'a cartoon {}.',
        'art of a {}.',
        'a sketch of the {}.',
        'a embroidered {}.',
        'a pixelated photo of a {}.',
        'itap of the {}.',
    ),
}


def template_list(given: str | Sequence[str]) -> tuple[str, ...]:
    """One template, several, or the name of a list, to a tuple of them.

    Raises:
        UserError: If there is none, or a name without ``{}`` is not that of a
            list.
    """
    if not isinstance(given, str):
        if not isinstance(given, Sequence) or not given:
            raise UserError(
                f'template={given!r}, expected a template with {{}}, a list '
                f'of some, or the name of a list: {", ".join(LISTS)}'
            )
        return tuple(given)
    if given in LISTS:
        return LISTS[given]
    if '{}' not in given:
        raise UserError(
            f'template {given!r} has no {{}} for the class and is not the '
            f'name of a list: {", ".join(LISTS)}'
        )
    return (given,)
