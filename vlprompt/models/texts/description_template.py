import re
from typing import Any

from vlprompt.errors import UserError

from .template import Template, TemplateTokens

FIELD = re.compile(r'\{name\}|\{text\}')
BRACKET = re.compile(r'[][]')


class DescriptionTemplate:
    """A text of a class: its name, a sentence about it, words around them.

    A text that is too long loses its last words.  Brackets are learnable
    tokens as in :class:`Template`, before or after the fields.

    Args:
        template: With ``{text}`` for the sentence and, if wanted, ``{name}``
            for the class: ``'{name}: {text}'``.
        tokenizer: open_clip's ``SimpleTokenizer``.

    Attributes:
        outer: The same around any text at all.

    Raises:
        UserError: If there is no ``{text}``, or the template is not as it
            should be.

    Examples:
        >>> from open_clip import SimpleTokenizer
        >>> t = DescriptionTemplate('{name}: {text}', SimpleTokenizer())
        >>> t.fill('archery', 'a bow is drawn')
        'archery: a bow is drawn'
    """

    def __init__(self, template: str, tokenizer: Any) -> None:
        fields = [*FIELD.finditer(str(template))]
        if '{text}' not in [field[0] for field in fields]:
            raise UserError(
                f'template {template!r} has no {{text}}, which stands for a '
                "sentence about the class, expected one as in '{name}: {text}'"
            )
        start, end = fields[0].start(), fields[-1].end()
        self._inner = template[start:end]
        if BRACKET.search(self._inner):
            raise UserError(
                f'template {template!r} has a bracket between its fields, '
                'expected it before or after them'
            )
        outer = f'{template[:start]}{{}}{template[end:]}'
        self.outer = Template(outer, tokenizer, truncate=True)

    def fill(self, name: str, text: str) -> str:
        """Name and sentence to the text between the learnable tokens."""
        values = {'{name}': name, '{text}': text}
        return FIELD.sub(lambda field: values[field[0]], self._inner)

    def __call__(self, name: str, text: str) -> TemplateTokens:
        """Name and sentence to tokens."""
        return self.outer(self.fill(name, text))
