"""The zoo, for two systems and one epoch."""

import json
import re

import pytest
from programs import call

SYSTEMS = ('vita_toy', 'clip_toy')


def test_the_zoo_makes_a_table_and_keeps_results(quickstart, tmp_path):
    command = [
        'tools/zoo_toy.py',
        f'--data={quickstart.data}',
        f'--out={tmp_path}/zoo',
        f'--table={tmp_path}/zoo.md',
        '--epochs=1',
        '--seeds',
        '0',
        '--only',
        *SYSTEMS,
    ]
    done = call(*command)
    assert done.returncode == 0, done.stderr
    table = (tmp_path / 'zoo.md').read_text()
    rows = [re.split(r' *\| *', line)[1:4] for line in table.splitlines()]
    assert ['vanilla CLIP', 'no', '0'] in rows
    assert ['Vita-CLIP', 'yes', '341,505'] in rows
    results = tmp_path / 'zoo/vita_toy/seed0/results.json'
    base = json.loads(results.read_text())['base']
    half = (base['blind'] + base['ordered']) / 2
    assert base['all'] == pytest.approx(half)
    before = results.stat().st_mtime
    assert call(*command).returncode == 0
    assert results.stat().st_mtime == before


def test_without_a_toy_world_it_says_so(tmp_path):
    done = call('tools/zoo_toy.py', f'--data={tmp_path}')
    assert done.returncode == 2
    assert 'vlprompt toy world' in done.stderr
