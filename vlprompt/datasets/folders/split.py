"""A division into training and validation that leaks nothing."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Literal

from vlprompt.errors import UserError
from vlprompt.splits.draws import sort_key

Side = Literal['train', 'val']


def draw_split(
    labels: Sequence[int],
    groups: Sequence[str],
    share: float = 0.2,
    seed: int = 0,
) -> list[Side]:
    """Draw whole groups for validation, so that each class has its share.

    Groups are drawn in the order of the SHA-256 of ``seed:group``, so that
    systems and versions draw the same; of groups of different sizes the one
    that fits the shares best.  A class whose videos are of one group stays
    in training.

    Args:
        labels: The class of each video.
        groups: What each belongs to; a group is on one side.
        share: Of each class, for validation.
        seed: Of the order.

    Raises:
        UserError: If the share is not between 0 and 1, or no class has two
            groups.
    """
    if not 0 < share < 1:
        raise UserError(f'a share of {share} for validation, expected 0 to 1')
    members: dict[str, Counter] = defaultdict(Counter)
    for label, group in zip(labels, groups, strict=True):
        members[group][label] += 1
    draw = _Draw(members, share, seed)
    for label in sorted(draw.left, key=lambda k: (draw.left[k], k)):
        while draw.wanted[label] > 0 and draw.take(label):
            pass
    if not draw.taken:
        raise UserError(
            'nothing can be held out for validation: every class has one '
            'video, or videos of one source (put some into FOLDER/val/<class> '
            'to say which)'
        )
    return ['val' if group in draw.taken else 'train' for group in groups]


class _Draw:
    """What has been drawn, and what is wanted yet."""

    def __init__(
        self, members: dict[str, Counter], share: float, seed: int
    ) -> None:
        total: Counter = sum(members.values(), Counter())
        self.left = Counter(k for group in members.values() for k in group)
        self.wanted = {k: max(1, round(share * n)) for k, n in total.items()}
        self.taken: set[str] = set()
        # Of groups of one kind the last is the next one to be drawn.
        self.kinds: dict[int, dict[tuple, list[str]]] = defaultdict(dict)
        self.members = members
        order = sorted(members, key=lambda g: sort_key(seed, g), reverse=True)
        for group in order:
            kind = tuple(sorted(members[group].items()))
            for label in members[group]:
                self.kinds[label].setdefault(kind, []).append(group)

    def take(self, label: int) -> bool:
        """Draw one more group that has videos of a class, if it helps."""
        heads = (self._head(g) for g in self.kinds[label].values())
        found = [g for g in heads if g is not None and self._is_spare(g)]
        if not found:
            return False
        best = min(found, key=self._miss)
        if self._miss(best) > 0 and not self._is_first(label):
            return False
        self.taken.add(best)
        for k, count in self.members[best].items():
            self.left[k] -= 1
            self.wanted[k] -= count
        return True

    def _head(self, groups: list[str]) -> str | None:
        while groups and groups[-1] in self.taken:
            groups.pop()
        return groups[-1] if groups else None

    def _is_spare(self, group: str) -> bool:
        """Whether training keeps a group of each of its classes."""
        return all(self.left[label] > 1 for label in self.members[group])

    def _miss(self, group: str) -> float:
        """How much further from what is wanted a group leads."""
        return sum(
            (self.wanted[k] - count) ** 2 - self.wanted[k] ** 2
            for k, count in self.members[group].items()
        )

    def _is_first(self, label: int) -> bool:
        return not any(label in self.members[group] for group in self.taken)
