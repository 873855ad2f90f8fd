"""Class names as they are typed into a page."""

from vlprompt.apis.classes import find_classes
from vlprompt.datasets.catalog import DATA_SETS, SHORT
from vlprompt.datasets.lists.class_names import list_class_names
from vlprompt.errors import UserError, suggest


def typed_classes(text: str) -> tuple[str, ...] | None:
    """The class names of a text, one a line, or of a data set it names.

    Files are not read: who types this need not be who owns the machine.

    Returns:
        The names; None for an empty text.

    Raises:
        UserError: If there is one line, which is no data set.

    Example:
        >>> typed_classes('frying eggs\\n\\ncutting bread')
        ('frying eggs', 'cutting bread')
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = list(dict.fromkeys(line for line in lines if line))
    if not lines:
        return None
    if len(lines) == 1:
        known = [*DATA_SETS, *SHORT]
        if lines[0] not in {*known, *list_class_names()}:
            raise UserError(
                f'one class, {lines[0]!r}{suggest(lines[0], known)}: expected '
                'several, one a line, or the name of a data set '
                f'({", ".join(known)})'
            )
    return find_classes(lines)
