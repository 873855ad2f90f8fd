"""What is chosen for a machine and a number of videos, and why."""

import pytest

from vlprompt.own_videos import machine
from vlprompt.own_videos.machine import (
    Machine,
    as_before,
    choose,
    this_machine,
)

BIG = Machine('cuda', 'A card', 40 << 10, 16, True)
CARD = Machine('cuda', 'A card', 8 << 10, 8, False)
CPU = Machine('cpu', 'the processor', 16 << 10, 2, False)


@pytest.mark.parametrize(
    ('machine', 'videos', 'chosen'),
    [
        (BIG, 1000, (16, 16, 7, 8, True)),
        (BIG, 20, (16, 4, 50, 8, True)),
        (BIG, 100_000, (16, 16, 4, 8, True)),
        (CARD, 1000, (16, 4, 4, 7, True)),
        (CPU, 200, (8, 8, 16, 1, False)),
        (CPU, 4, (8, 2, 50, 1, False)),
    ],
)
def test_choices(machine, videos, chosen):
    plan = choose(machine, videos, 32, False)
    assert plan[:5] == chosen
    assert len(plan.why) == 5
    assert all(plan.why)


def test_what_is_given_stays():
    plan = choose(CARD, 1000, 8, False, batch=64, epochs=3)
    assert (plan.frames, plan.batch, plan.epochs) == (8, 64, 3)
    assert plan.why[1] == '64 clips a step: as given'


def test_the_memory_is_named_where_it_decides():
    assert '752 MiB each, and 8 GiB' in choose(CARD, 1000, 16, False).why[1]


def test_this_machine():
    machine = this_machine()
    assert machine.cores > 0
    assert machine.free_mib > 0


def test_files_that_are_cached_take_no_memory(tmp_path, monkeypatch):
    """Videos that were read would make the next batches smaller."""
    file = tmp_path / 'meminfo'
    file.write_text(
        'MemTotal: 16777216 kB\nMemFree: 1048576 kB\n'
        'MemAvailable: 8388608 kB\nHugePages_Total: 0\n'
    )
    monkeypatch.setattr(machine, 'MEMINFO', file)
    monkeypatch.setattr(machine.torch.cuda, 'is_available', lambda: False)
    assert this_machine().free_mib == 8 << 10


def test_the_free_memory_is_that_of_the_first_call(tmp_path):
    """Or the same command would train anew beside another program."""
    assert as_before(CARD, tmp_path) == CARD
    assert as_before(CARD._replace(free_mib=900), tmp_path) == CARD
    assert as_before(BIG, tmp_path) == BIG  # another machine
    (tmp_path / 'machine.json').write_text('{"device": ')
    assert as_before(CPU, tmp_path) == CPU
