"""The zoo from one command to its page, and parts of it by hand."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from argparse import Namespace

import pytest
from programs import call_here
from torch import nn

from vlprompt.apis import init_recognizer
from vlprompt.apis.inference import scope_of
from vlprompt.averaging.ends import read_ends
from vlprompt.errors import UserError
from vlprompt.jobs.executors.isolation import isolated
from vlprompt.toy.zoo_cell import _loaders, _read, prepare, run_cell
from vlprompt.toy.zoo_score import measure
from vlprompt.toy.zoo_variants import VARIANTS

pytestmark = pytest.mark.e2e

LINE = re.compile(r' *\| *')


def words(toy, out, *more):
    return ['toy', 'zoo', f'--data={toy}', f'--out={out}', '--seeds=0', *more]


def cells(page, first):
    """The rows of a page that start with a name, one for each table."""
    lines = [LINE.split(line)[1:-1] for line in page.splitlines()]
    return [line for line in lines if line and line[0] == first]


def test_all_variants_of_a_method(toy, tmp_path, capsys):
    out, page = tmp_path / 'zoo', tmp_path / 'zoo.md'
    budget = ['--epochs=1', f'--table={page}', '--jobs=1']
    command = words(toy, out, *budget, '--only', 'vita_toy')
    call_here(*command)
    printed = capsys.readouterr().out
    assert '0 of 5 trainings are done; the others will take about' in printed
    assert len(cells(printed, 'Vita-CLIP')) == len(VARIANTS) + 2
    text = page.read_text()
    plain, gains, turns, *others = cells(text, 'Vita-CLIP')
    assert plain[1:4] == ['yes', '1', '341,505']
    assert all(row[1:3] == ['yes', '1'] for row in others)
    assert len(others) == len(VARIANTS) - 1
    assert len(gains) == len(turns) == len(VARIANTS) + 1
    assert not {'-', 'not run'} & {*gains, *turns}
    for name in ('ViFi-CLIP', 'vanilla CLIP'):
        assert cells(text, name)[0][2] == 'not run'
    results = out / 'vita_toy/seed0/results.json'
    base = json.loads(results.read_text())['plain']['base']
    mean = (base['blind'] + base['ordered']) / 2
    assert base['all'] == pytest.approx(mean)
    before = results.stat().st_mtime
    call_here(*command)
    assert '5 of 5 trainings are done\n' in capsys.readouterr().out
    assert results.stat().st_mtime == before
    assert page.read_text() == text


def test_what_is_tested_are_the_averaged_weights(toy, tmp_path):
    args = Namespace(data=toy, out=tmp_path, epochs=2, batch_size=8)
    config = 'vifi/vifi_text_toy'
    with isolated():
        run_cell(args, config, 0, 'plain')
    folder = tmp_path / 'vifi_text_toy/seed0'
    found = json.loads((folder / 'results.json').read_text())
    averaged = str(folder / 'averaged.pth')
    cfg = prepare(args, config, 'plain')
    model = init_recognizer(cfg, averaged, device='cpu')
    assert scores_of(model, args, cfg) == found['averaging']
    last = init_recognizer(cfg, str(folder / 'epoch_2.pth'), device='cpu')
    assert scores_of(last, args, cfg) == found['plain']
    model = init_recognizer(cfg, 'none', device='cpu')
    ends = read_ends(model, cfg.model.clip, [averaged])
    model.load_state_dict(ends.mixed(0.5))
    assert scores_of(model, args, cfg) == found['half-clip']


def scores_of(model: nn.Module, args, cfg):
    with scope_of(cfg):
        return {
            part: measure(model, *_read(loader))
            for part, loader in _loaders(args.data, cfg)
        }


def test_a_zoo_that_is_killed_goes_on(toy, tmp_path):
    chosen = ['--only', 'clip_toy', '--variants', 'plain', 'sharing']
    command = words(toy, tmp_path, '--jobs=1', *chosen)
    process = subprocess.Popen(
        [sys.executable, '-m', 'vlprompt', *command], start_new_session=True
    )
    kept = tmp_path / 'clip_toy/seed0/results.json'
    while '"metrics": {' not in read(tmp_path / 'zoo.json'):
        assert process.poll() is None
        time.sleep(0.1)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    before = kept.stat().st_mtime
    other = tmp_path / 'clip_toy+sharing/seed0/results.json'
    assert not other.is_file()
    call_here(*command)
    assert other.is_file()
    assert kept.stat().st_mtime == before


def read(path):
    return path.read_text() if path.is_file() else ''


def test_without_a_toy_world_it_says_so(tmp_path):
    with pytest.raises(UserError, match='make it by `vlprompt toy world`'):
        call_here('toy', 'zoo', f'--data={tmp_path}')


def test_a_method_that_there_is_not(toy, tmp_path):
    with pytest.raises(UserError, match='vilt_toi: .* mean vilt_toy'):
        call_here(*words(toy, tmp_path, '--only', 'vilt_toi'))
