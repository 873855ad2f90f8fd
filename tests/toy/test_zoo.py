"""The zoo, for two systems and one epoch."""

import json

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
    assert '| vanilla CLIP | no | 0 |' in table
    assert '| Vita-CLIP | yes | 341,505 |' in table
    results = tmp_path / 'zoo/vita_toy/seed0/results.json'
    base = json.loads(results.read_text())['base']
    assert base['all'] == (base['blind'] + base['ordered']) / 2
    before = results.stat().st_mtime
    assert call(*command).returncode == 0
    assert results.stat().st_mtime == before


def test_without_a_toy_world_it_says_so(tmp_path):
    done = call('tools/zoo_toy.py', f'--data={tmp_path}')
    assert done.returncode == 1
    assert 'make_toy_world.py' in done.stderr
