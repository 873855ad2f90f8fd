"""The zoo, for two systems and one epoch."""

import json
import re

import pytest
from programs import call_here

from vlprompt.errors import UserError

pytestmark = pytest.mark.e2e

SYSTEMS = ('vita_toy', 'clip_toy')


def test_the_zoo_makes_a_table_and_keeps_results(toy, tmp_path):
    command = [
        'toy',
        'zoo',
        f'--data={toy}',
        f'--out={tmp_path}/zoo',
        f'--table={tmp_path}/zoo.md',
        '--epochs=1',
        '--seeds',
        '0',
        '--only',
        *SYSTEMS,
    ]
    call_here(*command)
    table = (tmp_path / 'zoo.md').read_text()
    rows = [re.split(r' *\| *', line)[1:4] for line in table.splitlines()]
    assert ['vanilla CLIP', 'no', '0'] in rows
    assert ['Vita-CLIP', 'yes', '341,505'] in rows
    results = tmp_path / 'zoo/vita_toy/seed0/results.json'
    base = json.loads(results.read_text())['base']
    mean = (base['blind'] + base['ordered']) / 2
    assert base['all'] == pytest.approx(mean)
    before = results.stat().st_mtime
    call_here(*command)
    assert results.stat().st_mtime == before


def test_without_a_toy_world_it_says_so(tmp_path):
    with pytest.raises(UserError, match='make it by `vlprompt toy world`'):
        call_here('toy', 'zoo', f'--data={tmp_path}')
