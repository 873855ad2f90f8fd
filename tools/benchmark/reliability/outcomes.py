"""What is tried, and what can come of it."""

import random
from abc import ABC, abstractmethod
from enum import Enum
from pathlib import Path
from typing import ClassVar, NamedTuple

MOST = 300  # characters of a detail


class Outcome(str, Enum):
    """What came of one case; the first two are what is wanted."""

    RIGHT = 'right'
    CLEAR_ERROR = 'clear error'
    WRONG = 'wrong'
    HUNG = 'hung'
    CRASHED = 'crashed'
    LOST = 'lost'
    EXECUTED = 'executed'


GOOD = (Outcome.RIGHT, Outcome.CLEAR_ERROR)


class Case(NamedTuple):
    """One thing that is tried.

    Attributes:
        part: The name of the part of the campaign.
        kind: A row of its table.
        number: The randomness of the case, with the seed.
    """

    part: str
    kind: str
    number: int

    def rng(self, seed: int) -> random.Random:
        """Random numbers that are the same whenever it is tried."""
        return random.Random(f'{seed}/{self.part}/{self.kind}/{self.number}')


class Finding(NamedTuple):
    """What came of a case.

    Attributes:
        outcome: Its class.
        detail: What exactly, in a line.
    """

    outcome: Outcome
    detail: str = ''


class Part(ABC):
    """A part of the campaign: a table of the page.

    Attributes:
        name: On the command line and in the log.
        title: Its headline.
        about: What is tried and what counts as right, in a paragraph.
        kinds: How many cases of each kind there are, by size.
        seconds: In which a case must end, or it hangs.
        jobs: Cases that may be tried at a time.
        remarks: What to count, by words of the details.
        explanations: Why a case was missed, by words of its detail.
    """

    name: ClassVar[str]
    title: ClassVar[str]
    about: ClassVar[str]
    kinds: ClassVar[dict[str, dict[str, int]]]
    seconds: ClassVar[float] = 60.0
    jobs: ClassVar[int] = 64
    remarks: ClassVar[dict[str, str]] = {}
    explanations: ClassVar[dict[str, str]] = {}

    def cases(self, size: str) -> list[Case]:
        """All cases of a size; a larger one has those of a smaller one."""
        return [
            Case(self.name, kind, number)
            for kind, many in self.kinds.items()
            for number in range(many[size])
        ]

    def prepare(self, folder: Path) -> None:  # noqa: B027
        """Make what all cases share; called in a process of its own.

        Args:
            folder: Of the part; it may hold what an earlier call has made.
        """

    def warm_up(self, shared: Path) -> None:  # noqa: B027
        """Import what the cases use, after :meth:`prepare`.

        Called in the process that those of the cases are forked from.

        Args:
            shared: The folder that :meth:`prepare` has filled.
        """

    @abstractmethod
    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Try one case; called in a process that may end or hang.

        Args:
            case: The case.
            rng: Its random numbers.
            shared: The folder that :meth:`prepare` has filled.
            folder: An empty one, for this case alone.
        """


def refused(message: str) -> Finding:
    """A clear error, if it is one line."""
    lines = message.strip().splitlines()
    if len(lines) == 1:
        return Finding(Outcome.CLEAR_ERROR, message[:MOST])
    return Finding(Outcome.WRONG, f'{len(lines)} lines: {lines[:1]}')


def trace(error: BaseException) -> Finding:
    """An error that a user would see the trace of."""
    text = ' '.join(str(error).split())
    return Finding(Outcome.WRONG, f'{type(error).__name__}: {text}'[:MOST])
