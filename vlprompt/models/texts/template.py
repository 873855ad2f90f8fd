import re
from typing import Any, NamedTuple

from vlprompt.errors import UserError


class TemplateTokens(NamedTuple):
    """One text: token ids, places of the learnable tokens, the token id
    each of these starts from (None: a random start), and whether words were
    left out because there are too many."""

    ids: list[int]
    slots: list[int]
    init_ids: list[int | None]
    truncated: bool = False


class Template:
    """A sentence around a class name, with places for learnable tokens.

    ``{}`` stands for the class name and ``[...]`` for learnable tokens:
    ``[4]`` is four of them, ``[a photo of a]`` as many as the words have,
    and the words are what they start from.  Without brackets the ids are
    exactly the tokenizer's.

    Args:
        template: The sentence, for example ``'a video of a person doing
            {}.'``, ``'[16] {}.'`` (CoOp) or ``'[16] {} [16]'`` (A5).
        tokenizer: open_clip's ``SimpleTokenizer``.
        max_tokens: Tokens of a text at most, CLIP's number if not given.
        truncate: Whether a name that is too long loses its last tokens; if
            not, it is refused.

    Raises:
        UserError: If there is no ``{}``, or when a text is too long.

    Examples:
        >>> from open_clip import SimpleTokenizer
        >>> Template('[2] {}.', SimpleTokenizer())('archery').slots
        [1, 2]
    """

    def __init__(
        self,
        template: str,
        tokenizer: Any,
        max_tokens: int | None = None,
        truncate: bool = False,
    ) -> None:
        if '{}' not in template:
            raise UserError(f'template {template!r} has no {{}} for the class')
        self.template = template
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens or tokenizer.context_length
        self.truncate = truncate
        self.parts = [p for p in re.split(r'(\[[^]]*\])', template) if p]

    def __call__(self, name: str) -> TemplateTokens:
        """One class name to its tokens."""
        tokenizer = self.tokenizer
        ids, slots = [tokenizer.sot_token_id], []
        init_ids: list[int | None] = []
        for part in self.parts:
            if part.startswith('['):
                learnable = self._learnable(part[1:-1])
                slots += range(len(ids), len(ids) + len(learnable))
                init_ids += learnable
                ids += [0 if i is None else i for i in learnable]
            else:
                ids += tokenizer.encode(part.replace('{}', name))
        truncated = self.truncate and len(ids) >= self.max_tokens
        if self.truncate:
            self._check_slots(slots)
            ids = ids[: self.max_tokens - 1]
        ids.append(tokenizer.eot_token_id)
        if len(ids) > self.max_tokens:
            raise UserError(
                f'class name {name!r} in template {self.template!r} makes '
                f'{len(ids)} tokens, CLIP takes {self.max_tokens}'
            )
        return TemplateTokens(ids, slots, init_ids, truncated)

    def _check_slots(self, slots: list[int]) -> None:
        if slots and slots[-1] >= self.max_tokens - 1:
            raise UserError(
                f'template {self.template!r} has learnable tokens beyond the '
                f'{self.max_tokens} tokens of a text'
            )

    def _learnable(self, inside: str) -> list[int | None]:
        if inside.isdigit():
            return [None] * int(inside)
        return self.tokenizer.encode(inside)
