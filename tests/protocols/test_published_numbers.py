"""Numbers that the papers print."""

from vlprompt.protocols.published import published_rows, read_published


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
    ours = repository / 'vlprompt/protocols/published_numbers.csv'
    wanted = source.read_text().splitlines()
    # Ours has a last column more, the configs, and further rows at the end.
    rows = [row.rpartition(',')[0] for row in ours.read_text().splitlines()]
    assert rows[: len(wanted)] == wanted
    for protocol in ('zero_shot', 'base_to_novel', 'retrieval'):
        assert read_published(protocol)
