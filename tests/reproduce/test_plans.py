"""From the rows of a table to jobs, and from their numbers to the table."""

import json

import pytest

from vlprompt.errors import UserError
from vlprompt.jobs.executors import InProcessExecutor
from vlprompt.reproduce import Request, find_table
from vlprompt.reproduce.bundle import FORMAT, read_bundle
from vlprompt.reproduce.catalog import all_tables
from vlprompt.reproduce.comparison import compare
from vlprompt.reproduce.numbers import compare_with_published
from vlprompt.reproduce.plan import plan
from vlprompt.reproduce.run import forget_if_changed


@pytest.fixture
def request_to(tmp_path):
    def make(**changes):
        fields = dict(
            data_root='sets',
            out=tmp_path,
            executor=lambda folder: InProcessExecutor(),
        )
        return Request(**{**fields, **changes})

    return make


@pytest.mark.slow
@pytest.mark.parametrize(
    'table', all_tables(), ids=lambda table: f'{table.paper}-{table.name}'
)
def test_every_row_can_be_planned(table, request_to):
    """Of the paper's settings: no epoch and no batch is changed."""
    for run in table.runs:
        item = plan(table, run, request_to())
        tests = [job for job in item.jobs if job.kind == 'test']
        assert tests
        inputs = {path for job in item.jobs for path in job.inputs()}
        inputs -= {str(item.weights)}
        assert all(path.startswith('sets/') for path in inputs), inputs
        if item.first is not None:
            assert all(p.startswith('sets/') for p in item.first.inputs())


def test_base_to_novel_is_three_draws_of_four_sets(request_to):
    table = find_table('vilt', 'table4')
    item = plan(table, table.runs[0], request_to())
    kinds = [job.kind for job in item.jobs]
    assert (kinds.count('train'), kinds.count('test')) == (12, 24)
    config = item.jobs[0].config
    assert config.train_cfg.max_epochs == 12
    assert config.train_dataloader.dataset.ann_file == (
        'sets/kinetics400/splits/base2novel/fs_base_s1_train.txt'
    )


def test_a_second_stage_begins_with_the_first(request_to, tmp_path):
    table = find_table('vifi', 'table7')
    item = plan(table, table.runs[0], request_to())
    expected = tmp_path / 'first/vifi_b16_k400_zs/epoch_10.pth'
    assert item.weights == expected
    assert all(
        job.config.model.clip.finetuned == str(expected) for job in item.jobs
    )
    assert item.first.config.train_dataloader.dataset.ann_file == (
        'sets/kinetics400/train.txt'
    )


def test_a_second_stage_is_run_again_after_another_first(request_to):
    table = find_table('vifi', 'table7')
    item = plan(table, table.runs[0], request_to())
    item.weights.parent.mkdir(parents=True)
    results = item.settings.out / 'protocol.json'
    for content, stays in ((b'one', True), (b'one', True), (b'two', False)):
        item.weights.write_bytes(content)
        results.parent.mkdir(exist_ok=True)
        results.write_text('{}')
        forget_if_changed(item)
        assert results.is_file() == stays


def test_what_is_trained_first_is_what_is_tested(request_to, tmp_path):
    table = find_table('ost', 'zero-shot')
    item = plan(table, table.runs[0], request_to())
    expected = tmp_path / 'first/ost_b16_k400_zs_mixed/mixed.pth'
    assert {job.checkpoint for job in item.jobs} == {str(expected)}
    train, mix = item.first_jobs
    assert mix.needs == (train.name,)
    assert '--with-clip=0.2' in mix.words(tmp_path / 'first')
    spatial = item.jobs[0].config.model.texts.spatial
    assert all(path.startswith('sets/') for path in spatial)
    froster = find_table('froster', 'zero-shot')
    item = plan(froster, froster.runs[0], request_to())
    assert item.weights.name == 'averaged.pth'


def test_rows_that_differ_in_options_are_trained_apart(request_to):
    table = find_table('vifi', 'table2')
    items = [plan(table, run, request_to()) for run in table.runs[1:]]
    trained = [item.jobs[0].config.model.trainable for item in items]
    assert trained[0] == ['backbone.*']
    assert all('text_encoder' in name for name in trained[1])
    assert len({item.settings.out for item in items}) == 3


def test_numbers_meet_those_that_are_printed(request_to):
    table = find_table('vilt', 'table4')
    item = plan(table, table.runs[0], request_to())
    metrics = {
        job.name: {'acc/top1': 0.75 if job.name.endswith('base') else 0.5}
        for job in item.jobs
        if job.kind == 'test'
    }
    rows = compare_with_published(table, item, metrics)
    assert len(rows) == 12 and all(row.published for row in rows)
    found = {(r.measured.dataset, r.measured.metric): r for r in rows}
    assert found['hmdb51', 'hm'].measured.value == pytest.approx(60)
    assert found['hmdb51', 'hm'].published.value == 65.7
    assert found['ssv2', 'base'].published.value == 17.3


def test_shots_meet_those_that_are_printed(request_to):
    table = find_table('vifi', 'table3')
    item = plan(table, table.runs[-1], request_to())
    metrics = {
        job.name: {'acc/top1': 0.5} for job in item.jobs if job.kind == 'test'
    }
    rows = compare_with_published(table, item, metrics)
    printed = [row.published.value for row in rows[:4]]
    assert printed == [57.2, 62.7, 64.5, 66.8]  # of HMDB-51


@pytest.mark.parametrize(
    ('content', 'line'),
    [
        (None, 'no bundle at '),
        ('{"a": ', 'is no bundle: '),
        ('[1]', 'is no bundle of this version: its format is None'),
        ('{"format": "x"}', "its format is 'x', expected 'vlprompt repro"),
        ('\x00\xff', 'is no bundle: '),
    ],
)
def test_what_is_no_bundle_is_one_line(content, line, tmp_path):
    if content is not None:
        path = tmp_path / 'bundle.json'
        path.write_text(content, encoding='latin-1')
    with pytest.raises(UserError) as caught:
        read_bundle(tmp_path)
    assert line in str(caught.value) and '\n' not in str(caught.value)


def test_bundles_of_two_tables_are_not_compared(tmp_path):
    for name in ('table1', 'table4'):
        content = dict(format=FORMAT, paper='vilt', table=name)
        (tmp_path / f'{name}.json').write_text(json.dumps(content))
    with pytest.raises(UserError, match='expected two bundles of the same'):
        compare(tmp_path / 'table1.json', tmp_path / 'table4.json')
