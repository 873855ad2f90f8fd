"""Numbers as the papers print them."""

import pytest

from vlprompt.protocols import (
    deviation,
    harmonic_mean,
    markdown,
    mean_and_deviation,
    percent,
    published_rows,
    read_published,
)


def test_harmonic_mean():
    assert harmonic_mean(76.7, 57.5) == pytest.approx(65.7, abs=0.05)
    assert harmonic_mean(0, 0) == 0


@pytest.mark.parametrize(('ddof', 'expected'), [(0, 2 / 3), (1, 1.0)])
def test_deviation_divides_as_told(ddof, expected):
    assert deviation([1, 2, 3], ddof) ** 2 == pytest.approx(expected)
    assert deviation([5], ddof) == 0


def test_mean_and_deviation():
    assert mean_and_deviation([49.0, 49.0, 50.5]) == '49.5 ± 0.7'
    assert mean_and_deviation([49.0, 49.0, 50.5], 1) == '49.5 ± 0.9'
    assert mean_and_deviation([49.04]) == '49.0'


def test_markdown_lines_up():
    text = markdown(['Method', 'Top-1'], [['a', percent(None)]])
    assert (
        text == '| Method | Top-1 |\n|--------|-------|\n| a      | -     |\n'
    )


def test_published_rows_do_not_mix_sources():
    numbers = read_published('few_shot')
    columns = [('hmdb51', 'K=2 ', 'top1'), ('hmdb51', 'K=16 ', 'top1')]
    rows = published_rows(numbers, columns)
    names = [row[0] for row in rows]
    assert len(set(names)) == len(names)
    assert all('published, Vi' in name for name in names)
    assert [name for name in names if name.startswith('ViLT-CLIP')] == [
        'ViLT-CLIP (published, ViLT T1)'
    ]
    by_hand = {
        (n.setting, n.value)
        for n in numbers
        if n.dataset == 'hmdb51' and n.method == 'ViLT-CLIP'
    }
    row = next(row for row in rows if row[0].startswith('ViLT-CLIP'))
    assert ('K=2 32f 1x1', float(row[1])) in by_hand
    assert ('K=16 32f 1x1', float(row[2])) in by_hand


def test_all_published_numbers_are_read(repository, shared_data):
    source = shared_data / 'derived/published_numbers.csv'
    ours = repository / 'vlprompt/protocols/published_numbers.csv'
    wanted = source.read_text().splitlines()
    # Ours has a last column more, the configs, and further rows at the end.
    rows = [row.rpartition(',')[0] for row in ours.read_text().splitlines()]
    assert rows[: len(wanted)] == wanted
    for protocol in ('zero_shot', 'base_to_novel', 'retrieval'):
        assert read_published(protocol)
