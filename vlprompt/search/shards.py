"""Which share of the work is this process's."""

import os
from collections.abc import Mapping, Sequence
from typing import NamedTuple, TypeVar

from vlprompt.errors import UserError

# Of Slurm, of torchrun and of Open MPI: number of a process, and of all.  In a
# batch script itself, SLURM_NTASKS counts processes that nobody has started.
VARIABLES = (
    ('SLURM_PROCID', 'SLURM_STEP_NUM_TASKS'),
    ('SLURM_PROCID', 'SLURM_NTASKS'),
    ('RANK', 'WORLD_SIZE'),
    ('OMPI_COMM_WORLD_RANK', 'OMPI_COMM_WORLD_SIZE'),
)
Item = TypeVar('Item')


class Shard(NamedTuple):
    """Items ``number``, ``number + total``, ... of a sorted list.

    Processes with the same list need no word of each other.

    Attributes:
        number: From 0 on.
        total: How many shares there are.
    """

    number: int = 0
    total: int = 1

    def of(self, items: Sequence[Item]) -> Sequence[Item]:
        """The share of a list."""
        return items[self.number :: self.total]

    @property
    def is_all(self) -> bool:
        """Whether there is no other share."""
        return self.total == 1


def parse_shard(text: str | None, environment: Mapping | None = None) -> Shard:
    """``'2/8'`` to a share, counted from 0.

    Args:
        text: If not given, what Slurm, torchrun or MPI say of this process;
            all if none of them has started it.
        environment: Variables; those of the process if not given.

    Raises:
        UserError: If it is no share.

    Example:
        >>> parse_shard('2/8').of(range(20))
        range(2, 20, 8)
    """
    if text is not None:
        return _checked(text, '--shard')
    environment = os.environ if environment is None else environment
    for number, total in VARIABLES:
        if total in environment:
            shard = f'{environment.get(number, 0)}/{environment[total]}'
            return _checked(shard, f'{number}/{total}')
    return Shard()


def _checked(text: str, name: str) -> Shard:
    number, slash, total = text.partition('/')
    if not (slash and number.isdecimal() and total.isdecimal()):
        raise UserError(f'{name} {text}: expected I/N, such as 0/8')
    shard = Shard(int(number), int(total))
    if not shard.number < shard.total:
        raise UserError(
            f'{name} {text}: the first number runs from 0 to {shard.total - 1}'
        )
    return shard
