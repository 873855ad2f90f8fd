"""Which share of a list is a process's."""

import pytest

from vlprompt.errors import UserError
from vlprompt.search.shards import Shard, parse_shard


def test_the_share_of_a_process():
    assert parse_shard(None, {}) == Shard(0, 1)
    assert parse_shard('2/3', {}) == Shard(2, 3)
    slurm = dict(SLURM_PROCID='3', SLURM_NTASKS='4')
    assert parse_shard(None, slurm) == Shard(3, 4)
    step = dict(slurm, SLURM_PROCID='0', SLURM_STEP_NUM_TASKS='1')
    assert parse_shard(None, step) == Shard(0, 1)  # the batch script
    assert parse_shard(None, dict(RANK='1', WORLD_SIZE='2')) == Shard(1, 2)
    assert parse_shard(None, dict(RANK='0', WORLD_SIZE='1')) == Shard(0, 1)
    for text in ('3/3', '1', 'a/2', '-1/2', '0/0'):
        with pytest.raises(UserError, match='--shard'):
            parse_shard(text, {})
