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
