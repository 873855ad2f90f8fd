"""Numbers that the papers print."""

import csv
import re
from collections import Counter

import pytest

from vlprompt.protocols.published import (
    FILE,
    published_rows,
    read_all,
    read_published,
)

STARTS = r'CLIP|PE-\w+|K400|K600, 100 classes'


def test_published_rows_do_not_mix_sources():
    numbers = read_published('few_shot')
    columns = [('hmdb51', 'K=2 ', 'top1'), ('hmdb51', 'K=16 ', 'top1')]
    rows = published_rows(numbers, columns)
    names = [row[0] for row in rows]
    assert len(set(names)) == len(names)
    assert all('(published, ' in name for name in names)
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
    with source.open(newline='') as file:
        wanted = [*csv.DictReader(file)]
    with FILE.open(newline='') as file:
        ours = [*csv.DictReader(file)]
    # Ours has further columns, and further rows at the end.
    known = [{key: row[key] for key in wanted[0]} for row in ours]
    assert known[: len(wanted)] == wanted
    for protocol in ('zero_shot', 'base_to_novel', 'retrieval'):
        assert read_published(protocol)


def test_no_number_is_there_twice():
    """Not even with two values: conditions would have to differ."""
    keys = Counter(
        (n.protocol, n.dataset, n.setting, n.method, n.metric, n.source)
        + n.conditions
        for n in read_all()
    )
    assert [key for key, count in keys.items() if count > 1] == []


def test_every_number_says_what_it_depends_on():
    for number in read_all():
        assert number.mark in ('paper', 'R', 'X'), number
        start, averaging, llm_text, views, epoch = number.conditions
        assert re.match(r'(CLIP|PE-\w+|K400|K600, 100 classes)$', start), (
            number
        )
        assert llm_text in ('yes', 'no', 'unknown'), number
        assert re.fullmatch(r'\d+x\d+|unknown', views), number
        assert epoch in ('last', 'test', 'none', 'unknown'), number
        assert averaging, number
        # Trained on Kinetics-400 before is said in the name as well: no
        # table can lose it.
        assert (start == 'K400') == ('(K400 pre)' in number.method), number


@pytest.mark.parametrize(
    ('protocol', 'method', 'dataset', 'value'),
    [
        ('zero_shot', 'BDC-CLIP', 'hmdb51', 60.7),
        ('zero_shot', 'AP-CLIP on Open-VCLIP', 'ucf101', 85.1),
        ('zero_shot', 'TC-CLIP, LLM text', 'k600', 78.1),
        ('zero_shot', 'MoTE-L/14', 'hmdb51', 61.4),
        ('zero_shot', 'CLIP, 28 templates', 'k600', 68.1),
        ('zero_shot', 'PE-Core-G/14, zero-shot', 'k400', 76.9),
        ('base_to_novel', 'BDC-CLIP (K400 pre)', 'ssv2', 19.5),
        ('few_shot', 'GA2-CLIP (K400 pre)', 'ucf101', 95.5),
        ('fully_supervised', 'DiST-B/16', 'ssv2', 70.9),
        ('retrieval', 'PE-Core-B/16, zero-shot', 'msrvtt', 47.6),
    ],
)
def test_methods_of_today_are_there(protocol, method, dataset, value):
    found = [
        n
        for n in read_published(protocol)
        if (n.method, n.dataset, n.value) == (method, dataset, value)
    ]
    assert len(found) == 1 and found[0].mark in ('R', 'X')
