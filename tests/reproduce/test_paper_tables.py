"""The declared tables: whole, and made of what there is."""

from collections import Counter

import pytest

from tools.reproduction.__main__ import PAGE
from tools.reproduction.document import document
from tools.reproduction.estimates import PEAK, SHARE, estimate
from vlprompt.errors import UserError
from vlprompt.protocols.published import read_all
from vlprompt.reproduce.catalog import all_tables, choose_runs, find_table
from vlprompt.reproduce.differences import DIFFERENCES
from vlprompt.reproduce.method_tables import NOT_A_ROW
from vlprompt.reproduce.rows import NO_TINY
from vlprompt.reproduce.seed_tables import NOT_RUN, SEED_TABLES
from vlprompt.reproduce.tables import ACCURACIES
from vlprompt.shipped import config_folder
from vlprompt.shipped_configs import shipped_configs

PRINTED = [table for table in all_tables() if table.paper != 'toy']


def name_of(table):
    return f'{table.paper}-{table.name}'


def test_every_number_of_the_three_papers_is_run_or_said_why_not():
    """By the tables of the papers, whatever stands in the CSV."""
    tables = {}
    for table in SEED_TABLES:
        tables.setdefault((table.source, table.protocol), []).append(table)
    left = []
    for number in read_all():
        if not number.source.startswith(('ViFi', 'ViLT')):
            continue
        found = tables.get((number.source, number.protocol), ())
        rows = {n for t in found for r in t.runs for n in t.published_of(r)}
        named = {method for table in found for method in table.not_here}
        if number.dataset == 'k400_tiny':
            assert NO_TINY in found[0].not_here.values()
        elif number.source in NOT_RUN:
            assert not found
        elif number.metric in ACCURACIES and number not in rows:
            left += [number] if number.method not in named else []
    assert left == []


def test_every_config_with_a_published_number_is_run_or_said_why_not():
    run = {r.config for table in all_tables() for r in table.runs}
    printed = {
        config
        for number in read_all()
        if number.metric in ACCURACIES
        for config in number.configs
    }
    assert printed - run == {*NOT_A_ROW}


def test_tables_and_their_rows_have_names_of_their_own():
    names = Counter((table.paper, table.name) for table in all_tables())
    assert max(names.values()) == 1
    for table in all_tables():
        assert len({run.name for run in table.runs}) == len(table.runs)


@pytest.mark.parametrize('table', PRINTED, ids=name_of)
def test_a_table_is_made_of_what_there_is(table):
    methods = {number.method for number in table.published()}
    for run in table.runs:
        assert table.published_of(run), run
        for name in (run.config, run.trained_by, run.second_stage_of):
            assert not name or (config_folder() / f'{name}.py').is_file()
    unknown = {*table.not_here} - methods - {'Kinetics-400, "tiny"'}
    assert unknown == set()
    assert {*table.differences} <= {*DIFFERENCES}
    assert table.differences
    # A number is of one row: none is compared twice.
    rows = [n for run in table.runs for n in table.published_of(run)]
    assert len({*rows}) == len(rows)


@pytest.mark.parametrize(
    ('words', 'line'),
    [
        (('vilt2', 'table4'), "no paper 'vilt2'; did you mean vilt?: expect"),
        (('vilt', 'tabel4'), "no table 'tabel4' of vilt; did you mean table4"),
        (('vilt', 'table5'), "no table 'table5' of vilt; did you mean"),
        (('vilt', None), 'no table was given of vilt: expected one of table1'),
    ],
)
def test_an_unknown_table_is_one_line(words, line):
    with pytest.raises(UserError) as caught:
        find_table(*words)
    assert str(caught.value).startswith(line)


def test_names_of_tables_may_be_written_as_in_the_paper():
    assert find_table('vilt', 'Table 4') == find_table('vilt', 'table4')


def test_rows_are_chosen_by_their_method():
    table = find_table('vifi', 'table1')
    (run,) = choose_runs(table, ['ViFi-CLIP'])
    assert run.config == 'vifi/vifi_b16_k400_zs'
    assert choose_runs(table, None) == [*table.runs]
    with pytest.raises(
        UserError, match="no row 'ViFi-CLP'; did you mean ViFi"
    ):
        choose_runs(table, ['ViFi-CLP'])
    with pytest.raises(UserError, match='ActionCLIP is not run here: there'):
        choose_runs(table, ['ActionCLIP'])


def test_a_method_with_several_configs_is_run_with_all_of_them():
    table = find_table('vilt', 'table7')
    runs = choose_runs(table, ['Multimodal V-L prompting'])
    assert [run.config for run in runs] == [
        'vilt/vilt_b16_retrieval',
        'vilt/vilt_b16_didemo',
    ]


def test_the_page_is_as_it_is_made():
    assert PAGE.read_text('utf-8') == document(), (
        'run: python -m tools.reproduction'
    )


def test_costs_are_extrapolated_as_the_page_on_scaling_does(repository):
    text = (repository / 'docs/scaling.md').read_text('utf-8')
    row = next(x for x in text.splitlines() if x.startswith('| A100 (SXM)'))
    cells = [cell.strip() for cell in row.strip('|').split('|')]
    assert float(cells[1]) * 1e12 == PEAK
    assert f'{SHARE:.0%}'.replace('%', ' %') in text
    # Of ViLT-CLIP on Kinetics-400: epochs and their validations, and the
    # 4 x 3 evaluation.  The towers here compute less than is counted.
    table = find_table('vilt', 'table2')
    facts = {config.name: config for config in shipped_configs()}
    found = estimate(table, [*table.runs], facts)
    epochs = 30
    minutes = epochs * float(cells[3]) + float(cells[6])
    assert 1 < found.hours * 60 / minutes < 1.3
    assert found.trainings == 1
