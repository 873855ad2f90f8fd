"""The keys of a checkpoint on their way to ours."""

import re
from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from torch import Tensor

from vlprompt.errors import UserError

CLIP_NAME = (
    r'(?:logit_scale|positional_embedding|text_projection|ln_final\.\w+|'
    r'token_embedding\.weight|transformer\.resblocks\..+|visual\.(?:'
    r'class_embedding|positional_embedding|proj|conv1\.weight|ln_pre\.\w+|'
    r'ln_post\.\w+|transformer\.resblocks\..+))'
)
CLIP_BUFFERS = 'input_resolution|context_length|vocab_size'
Change = Callable[[Tensor], Tensor]


class KeyMove(NamedTuple):
    """Where tensors of a checkpoint went.

    Attributes:
        source: Their names, layer numbers as ``*``.
        number: How many they are.
        target: Their new names, or why they were left out.
    """

    source: str
    number: int
    target: str


class KeyMapper:
    """Sorts the tensors of a published checkpoint.

    Args:
        state: Tensors by name.
        metadata: What else the file says of them.
        base: The CLIP that was trained on, under OpenAI's names, if given.
    """

    def __init__(
        self,
        state: dict[str, Tensor],
        metadata: Mapping[str, Any] | None = None,
        base: Mapping[str, Tensor] | None = None,
    ) -> None:
        self.left = dict(state)
        self.metadata = metadata or {}
        self.base = base or {}
        self.clip: dict[str, Tensor] = {}
        self.parts: dict[str, Tensor] = {}
        self._moves: Counter = Counter()

    def to_clip(
        self, pattern: str, target: str, change: Change | None = None
    ) -> None:
        """Make tensors part of the CLIP, under OpenAI's names."""
        for source, name in self._take(pattern, target):
            self._put(self.clip, source, name, change, 'CLIP ')

    def to_part(
        self, pattern: str, target: str, change: Change | None = None
    ) -> None:
        """Make tensors parameters of our model."""
        for source, name in self._take(pattern, target):
            self._put(self.parts, source, name, change)

    def drop(self, pattern: str, why: str) -> None:
        """Leave tensors out."""
        for source, _ in self._take(pattern, ''):
            del self.left[source]
            self._moves[_general(source), f'left out: {why}'] += 1

    def find(self, pattern: str) -> list[re.Match]:
        """The names that are left and match, with their groups."""
        matches = (re.fullmatch(pattern, name) for name in self.left)
        return [match for match in matches if match]

    def numbers(self, pattern: str) -> list[int]:
        """What stands at the pattern's first group, each once, sorted."""
        return sorted({int(match[1]) for match in self.find(pattern)})

    def look(self, name: str) -> Tensor:
        """A tensor, which stays where it is.

        Raises:
            UserError: If there is none of that name.
        """
        if name not in self.left:
            raise UserError(f'the checkpoint has no {name}')
        return self.left[name]

    def take(self, name: str, target: str) -> Tensor:
        """Take one tensor, to be put somewhere by hand.

        Raises:
            UserError: If there is none of that name.
        """
        tensor = self.look(name).float()
        self._moves[_general(name), target] += 1
        del self.left[name]
        return tensor

    def moved(self) -> list[KeyMove]:
        """What went where."""
        return [
            KeyMove(source, number, target)
            for (source, target), number in self._moves.items()
        ]

    def check_nothing_is_left(self) -> None:
        """Raise a UserError if there are tensors that nobody took."""
        if self.left:
            some = ', '.join(list(self.left)[:5])
            raise UserError(
                f'{len(self.left)} tensors of the checkpoint belong to '
                f'nothing that is known of this kind: {some}'
            )

    def _take(self, pattern: str, target: str) -> list[tuple[str, str]]:
        matches = self.find(pattern)
        return [(match[0], match.expand(target)) for match in matches]

    def _put(
        self,
        store: dict[str, Tensor],
        source: str,
        name: str,
        change: Change | None,
        what: str = '',
    ) -> None:
        tensor = self.left.pop(source).float()
        store[name] = tensor if change is None else change(tensor)
        self._moves[_general(source), what + _general(name)] += 1


def _general(name: str) -> str:
    name = re.sub(r'\.\d+(?=\.|$)', '.*', name)
    return re.sub(r'((?:blocks|layers)\.\*)\..+', r'\1.…', name)
