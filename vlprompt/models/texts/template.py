from typing import Any, NamedTuple

from vlprompt.errors import UserError

from .template_parts import Learnable, split_template


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
        tokenizer: open_clip's ``SimpleTokenizer``, or one with its members.
            Texts are filled up with its ``pad_token_id``, if it has one.
        max_tokens: Tokens of a text at most, CLIP's number if not given.
        truncate: Whether a name that is too long loses its last tokens; if
            not, it is refused.

    Raises:
        UserError: If there is no ``{}``, a bracket is not as it should be, or
            when a text is too long or has a special token in it.

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
        self.template = template
        self.tokenizer = tokenizer
        self.max_tokens = max_tokens or tokenizer.context_length
        self.truncate = truncate
        self.parts = split_template(template)
        for part in self.parts:
            if isinstance(part, Learnable):
                self._check_learnable(part)

    @property
    def init_ids(self) -> list[int | None]:
        """The id each learnable token starts from, None if random.

        Where none starts from words, the tokenizer is not asked.
        """
        parts = [p for p in self.parts if isinstance(p, Learnable)]
        return [i for part in parts for i in self._learnable(part)]

    def __call__(self, name: str) -> TemplateTokens:
        """One class name to its tokens."""
        tokenizer = self.tokenizer
        start = tokenizer.sot_token_id
        ids: list[int] = [] if start is None else [start]
        slots: list[int] = []
        init_ids: list[int | None] = []
        for part in self.parts:
            if isinstance(part, Learnable):
                learnable = self._learnable(part)
                slots += range(len(ids), len(ids) + len(learnable))
                init_ids += learnable
                ids += [0 if i is None else i for i in learnable]
            else:
                words = tokenizer.encode(part.text.replace('{}', name))
                self._check_special(name, words)
                ids += words
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
        padding = getattr(tokenizer, 'pad_token_id', None)
        if padding is not None:
            ids += [padding] * (tokenizer.context_length - len(ids))
        return TemplateTokens(ids, slots, init_ids, truncated)

    def _check_slots(self, slots: list[int]) -> None:
        if slots and slots[-1] >= self.max_tokens - 1:
            raise UserError(
                f'template {self.template!r} has learnable tokens beyond the '
                f'{self.max_tokens} tokens of a text'
            )

    def _check_special(self, name: str, ids: list[int]) -> None:
        """Not by the words alone: entities of HTML become marks."""
        special = {*self.tokenizer.all_special_ids} & {*ids}
        if special:
            token = self.tokenizer.decoder[special.pop()]
            raise UserError(
                f'{name!r} in template {self.template!r} has the special '
                f'token {token} in it, expected words'
            )

    def _check_learnable(self, part: Learnable) -> None:
        number = part.number or len(self.tokenizer.encode(part.words))
        if not 0 < number < self.max_tokens:
            raise UserError(
                f'template {self.template!r} has {number} learnable tokens in '
                f'a bracket, CLIP takes {self.max_tokens} tokens in all'
            )

    def _learnable(self, part: Learnable) -> list[int | None]:
        if part.number:
            return [None] * part.number
        return self.tokenizer.encode(part.words)
