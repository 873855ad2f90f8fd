"""A table of the toy world, from its command to a bundle and a comparison."""

import io
import json
import shutil
from contextlib import redirect_stdout

import pytest
from programs import ROOT, call

from vlprompt.errors import UserError
from vlprompt.jobs.executors import InProcessExecutor
from vlprompt.reproduce import Request, compare, find_table, reproduce
from vlprompt.reproduce.bundle import read_bundle
from vlprompt.reproduce.comparison import reasons_of
from vlprompt.reproduce.plan import plan

pytestmark = pytest.mark.e2e

TABLE = find_table('toy', 'table1')


def request(toy, out, **changes):
    fields = dict(
        data_root=str(toy.parent),
        out=out,
        executor=lambda folder: InProcessExecutor(),
        epochs=1,
    )
    return Request(**{**fields, **changes})


def run(*arguments):
    printed = io.StringIO()
    with redirect_stdout(printed):
        outcome = reproduce(*arguments)
    return outcome, printed.getvalue()


@pytest.fixture(scope='module')
def made(toy, tmp_path_factory):
    """The table, run; its folder and what was printed."""
    out = tmp_path_factory.mktemp('reproduced')
    outcome, printed = run(TABLE, TABLE.runs, request(toy, out))
    assert outcome.complete
    return out, printed


def test_it_ends_with_measured_beside_published(made):
    out, printed = made
    assert '| ViLT-CLIP ' in printed and ' HM ' in printed
    assert '--epochs 1: NOT the settings of the paper' in printed
    page = (out / 'reproduce.html').read_text()
    assert 'clip_toy/report.html' in page and 'Published' in page
    text = ' '.join((out / 'table.md').read_text().split())
    assert '| Start | Averaging | LLM text | Views | Epoch |' in text
    assert 'ViFi-CLIP, averaged | measured | CLIP | WiSE, 0.3 CLIP' in text


def test_numbers_are_those_of_the_protocols(made):
    bundle = read_bundle(made[0])
    numbers = {(n['method'], n['metric']): n for n in bundle['numbers']}
    results = made[0] / 'vilt_toy/results.json'
    metrics = json.loads(results.read_text())['metrics']
    base = 100 * metrics['toy/s1/base']['acc/top1']
    assert numbers['ViLT-CLIP', 'base']['measured'] == pytest.approx(base)
    assert numbers['ViLT-CLIP', 'base']['published'] is None
    # What was trained first is what is tested: not the toy's CLIP.
    job = bundle['runs']['vifi_swa_toy']['jobs']['toy/val1']
    tested = job['facts']['checkpoint']['path']
    assert tested == 'OUT/first/vifi_swa_toy_mixed/mixed.pth'


def test_a_bundle_says_all_and_nothing_of_this_machine(made, toy):
    text = (made[0] / 'bundle.json').read_text()
    for folder in (str(made[0]), str(toy.parent), str(ROOT)):
        assert folder not in text
    runs = read_bundle(made[0])['runs']
    for name, jobs in ((n, r['jobs']) for n, r in runs.items()):
        for job in jobs.values():
            assert job['facts']['decoder'] and job['facts']['device'], name
            assert job['facts']['versions']['torch']
            assert job['lists'] and job['config']['model']
            assert job['seconds'] > 0
            assert all(path.startswith('DATA/') for path in job['lists'])


def test_the_same_command_goes_on(made, toy):
    before = (made[0] / 'bundle.json').read_bytes()
    _, printed = run(TABLE, TABLE.runs, request(toy, made[0]))
    assert printed.count('as before') == 11  # 2 trainings, a mix and 8 tests
    assert (made[0] / 'bundle.json').read_bytes() == before


def test_a_bundle_differs_from_itself_in_nothing(made):
    numbers, reasons = compare(made[0], made[0] / 'bundle.json')
    assert reasons.rows == []
    assert 'differ in nothing' in reasons.note
    assert all(row[-2] == '+0.0' for row in numbers.rows)


def test_a_comparison_says_in_what_and_where(made, tmp_path):
    two = read_bundle(made[0])
    job = two['runs']['vilt_toy']['jobs']['toy/s1/base']
    job['facts']['decoder'] = 'DecordInit, decord 0.6.0'
    job['facts']['device'] = 'NVIDIA A100'
    job['facts']['versions']['torch'] = '1.0'
    job['lists']['DATA/toy/base_val.txt'] = '0' * 64
    job['config']['model']['prompts']['depth'] = 2
    two['numbers'][0]['measured'] += 1.5
    path = tmp_path / 'other.json'
    path.write_text(json.dumps(two))
    numbers, reasons = compare(made[0], path)
    assert numbers.rows[0][-2] == '+1.5'
    found = {row[0]: row[1:] for row in reasons.rows}
    assert {*found} == {
        'decoder',
        'card',
        'version of torch',
        'content of DATA/toy/base_val.txt',
        'config: model.prompts.depth',
    }
    assert found['card'][1:] == ['NVIDIA A100', 'vilt_toy/toy/s1/base']
    assert found['config: model.prompts.depth'][:2] == ['4', '2']


def test_equal_differences_are_one(made):
    one, two = read_bundle(made[0]), read_bundle(made[0])
    for run_ in two['runs'].values():
        for job in run_['jobs'].values():
            job['facts']['device'] = 'NVIDIA A100'
    (reason,) = reasons_of(one, two)
    assert reason.what == 'card' and len(reason.jobs) == 10


def test_missing_data_is_said_before_anything_runs(toy, tmp_path):
    """Lists first, then videos with the command that names them all."""
    empty = tmp_path / 'empty'
    with pytest.raises(UserError, match='nothing is run: there is no .*toy'):
        reproduce(TABLE, TABLE.runs, request(empty / 'toy', tmp_path / 'out'))
    copy = tmp_path / 'data/toy'
    shutil.copytree(toy, copy)
    lost = (copy / 'base_val.txt').read_text().split()[0]
    (copy / 'videos' / lost).unlink()
    with pytest.raises(UserError) as caught:
        reproduce(TABLE, TABLE.runs, request(copy, tmp_path / 'out'))
    line = str(caught.value)
    assert f'such as {lost}' in line and '1 of' in line
    assert f'vlprompt data check {copy}/base_val.txt --root' in line
    assert '\n' not in line and not (tmp_path / 'out').exists()


def test_a_folder_of_another_table_is_refused(made, toy):
    other = find_table('vilt', 'table4')
    with pytest.raises(UserError, match='has toy table1 in it, not vilt'):
        reproduce(other, other.runs, request(toy, made[0]))


@pytest.mark.parametrize(('epochs', 'first'), [(None, 2), (3, 2), (1, 1)])
def test_means_of_epochs_fit_the_budget(toy, tmp_path, epochs, first):
    """A training of one epoch averages that one instead of later ones."""
    item = plan(TABLE, TABLE.runs[2], request(toy, tmp_path, epochs=epochs))
    assert item.weights.name == 'mixed.pth'
    hook = item.first.config.default_hooks.average
    assert hook.get('first', 2) == first and hook.get('last') is None


def test_the_command_prints_what_it_would_run(toy, tmp_path):
    done = call(
        '-m',
        'vlprompt',
        'reproduce',
        'toy',
        'table1',
        f'--data-root={toy.parent}',
        f'--out={tmp_path}/out',
        '--dry-run',
        '--gpus=2',
    )
    assert done.returncode == 0, done.stderr
    assert 'toy/s1/novel: ' in done.stdout and '--gpus=2' in done.stdout
    assert 'vifi_swa_toy: ' in done.stdout
