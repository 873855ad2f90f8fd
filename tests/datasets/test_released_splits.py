"""The rules against the lists that ViFi-CLIP published."""

import csv
import json
from collections import Counter

import pytest
from splits_tool import content, lines, run

from vlprompt.datasets import load_class_names
from vlprompt.splits.kinetics600 import RENAMED, new_names

FILES = ('base_train.txt', 'base_val.txt', 'novel_val.txt')


@pytest.fixture
def lists(shared_data):
    return shared_data / 'action_lists'


@pytest.fixture
def released(shared_data):
    return shared_data / 'vifi_clip/datasets_splits'


@pytest.fixture
def labels(shared_data):
    return shared_data / 'vifi_clip/labels'


@pytest.fixture
def ucf101(lists, released, labels):
    return (
        '--train', lists / 'ucf101/train1.txt',
        '--val', released / 'ucf_splits/val1.txt',
        '--labels', labels / 'ucf_101_labels.csv', '--base-names',
    )  # fmt: skip


@pytest.fixture
def hmdb51(lists, released):
    return (
        '--train', lists / 'hmdb51/train1.txt',
        '--val', released / 'hmdb_splits/val1.txt',
        '--labels', 'hmdb51', '--add-suffix', '.avi',
    )  # fmt: skip


@pytest.fixture
def ssv2(lists, released, labels):
    return (
        '--train', lists / 'sthv2/train.txt',
        '--val', released / 'ssv2_splits/validation.txt',
        '--labels', labels / 'ssv2_labels.csv', '--add-suffix', '.webm',
    )  # fmt: skip


def without_val(flags):
    place = flags.index('--val')
    return flags[:place] + flags[place + 2 :]


def names_of(file):
    """Read without the library."""
    with file.open(newline='') as rows:
        return [row['name'] for row in csv.DictReader(rows)]


@pytest.mark.parametrize(
    ('name', 'folder', 'prefix'),
    [('ucf101', 'ucf', 'ucf_101'), ('ssv2', 'ssv2', 'ssv2_174')],
)
def test_ucf101_and_ssv2_are_reproduced_line_for_line(
    request, tmp_path, released, labels, name, folder, prefix
):
    run('base-to-novel', *request.getfixturevalue(name), '--out', tmp_path)
    theirs = released / f'base2novel_splits/{folder}_splits'
    for file in FILES:
        assert (tmp_path / file).read_bytes() == (theirs / file).read_bytes()
    for half in ('base', 'novel'):
        found = names_of(tmp_path / f'{half}_labels.csv')
        assert found == names_of(labels / f'{prefix}_{half}_labels.csv')
        assert found == list(load_class_names(f'{name}_{half}'))
    for seed in (1, 2, 3):
        ours = lines(tmp_path / f'fs_base_s{seed}_train.txt')
        assert len(ours) == len(lines(theirs / f'fs_base_s{seed}_train.txt'))
        assert set(ours) <= set(lines(theirs / 'base_train.txt'))


def test_hmdb51_is_reproduced_with_a_warning(
    hmdb51, tmp_path, released, shared_data, capsys
):
    run('base-to-novel', *hmdb51, '--out', tmp_path)
    assert capsys.readouterr().err == (
        'warning: all 51 classes have 70 training videos: the split is by '
        'class order, not by frequency\n'
    )
    theirs = released / 'base2novel_splits/hmdb_splits'
    for file in ('base_val.txt', 'novel_val.txt'):
        assert (tmp_path / file).read_bytes() == (theirs / file).read_bytes()
    ours = lines(tmp_path / 'base_train.txt')
    assert len(ours) == len(set(ours)) == 1820
    assert set(ours) == set(lines(theirs / 'base_train.txt'))
    for half in ('base', 'novel'):
        file = f'derived/hmdb_51_{half}_labels_corrected.csv'
        found = names_of(tmp_path / f'{half}_labels.csv')
        assert found == names_of(shared_data / file)


def test_the_published_hmdb51_names_give_the_published_halves(
    hmdb51, tmp_path, labels
):
    file = labels / 'hmdb_51_labels.csv'
    flags = [file if flag == 'hmdb51' else flag for flag in hmdb51]
    run('base-to-novel', *flags, '--out', tmp_path)
    for half in ('base', 'novel'):
        theirs = names_of(labels / f'hmdb_51_{half}_labels.csv')
        assert names_of(tmp_path / f'{half}_labels.csv') == theirs


@pytest.mark.parametrize(
    ('name', 'key'),
    [
        ('ucf101', 'ucf101_split1'),
        ('hmdb51', 'hmdb51_split1'),
        ('ssv2', 'ssv2'),
    ],
)
def test_counts_alone_give_the_halves(
    tmp_path, shared_data, labels, name, key
):
    # The counts of HMDB-51 name the classes as the published file does.
    if name == 'hmdb51':
        name = str(labels / 'hmdb_51_labels.csv')
    counts = shared_data / f'derived/class_train_counts_{key}.csv'
    run(
        'base-to-novel', '--labels', name, '--counts', counts,
        '--out', tmp_path,
    )  # fmt: skip
    file = shared_data / 'derived/base_novel_expected_ids.json'
    expected = json.loads(file.read_text())[key]
    names = load_class_names(name)
    for half in ('base', 'novel'):
        found = names_of(tmp_path / f'{half}_labels.csv')
        assert found == [names[i] for i in expected[f'{half}_ids']]


def test_kinetics400_from_counts_in_the_published_order(
    tmp_path, shared_data, released, labels
):
    """The counts are made up, as the full training list is not at hand.

    They say only which class is more frequent, so this tests how ids and
    lists follow from counts, not that these are those of Kinetics-400.
    """
    file = shared_data / 'derived/base_novel_expected_ids.json'
    ids = json.loads(file.read_text())['k400']
    order = ids['novel_ids'] + ids['base_ids']
    rows = [f'{label},{250 + i}' for i, label in enumerate(order)]
    (tmp_path / 'counts.csv').write_text('\n'.join(['id,count', *rows]))
    run(
        'base-to-novel', '--labels', 'kinetics400',
        '--counts', tmp_path / 'counts.csv',
        '--val', released / 'k400_splits/val.txt', '--out', tmp_path,
    )  # fmt: skip
    theirs = released / 'base2novel_splits/k400_splits'
    for half in ('base', 'novel'):
        found = names_of(tmp_path / f'{half}_labels.csv')
        assert found == names_of(labels / f'kinetics_400_{half}_labels.csv')
        name = f'{half}_val.txt'
        assert lines(tmp_path / name) == lines(theirs / name)


@pytest.mark.parametrize(
    ('name', 'folder', 'prefix', 'checks'),
    # 4 of the labels, 4 of each of 3 lists, 2 of the val lists together, 5 of
    # each of 3 draws.
    [('ucf101', 'ucf', 'ucf_101', 33), ('hmdb51', 'hmdb', None, 26)],
)
def test_the_published_halves_pass(
    request, released, labels, capsys, name, folder, prefix, checks
):
    flags = request.getfixturevalue(name)
    splits = released / f'base2novel_splits/{folder}_splits'
    if prefix:
        for half in ('base', 'novel'):
            file = labels / f'{prefix}_{half}_labels.csv'
            flags += (f'--{half}-labels', file)
    else:
        flags += ('--any-order',)
    run('verify', *flags, '--splits', splits)
    assert f'\n{checks} checks, 0 failed' in capsys.readouterr().out


def test_the_published_hmdb51_label_files_fail(hmdb51, released, labels):
    splits = released / 'base2novel_splits/hmdb_splits'
    flags = (*hmdb51, '--any-order', '--splits', splits)
    for half in ('base', 'novel'):
        file = labels / f'hmdb_51_{half}_labels.csv'
        flags += (f'--{half}-labels', file)
    with pytest.raises(SystemExit) as caught:
        run('verify', *flags)
    assert caught.value.code == 1


@pytest.mark.parametrize('name', ['ucf101', 'hmdb51', 'ssv2'])
def test_the_published_shots_pass(request, released, capsys, name):
    folder = {'ucf101': 'ucf', 'hmdb51': 'hmdb'}.get(name, name)
    splits = released / f'{folder}_splits'
    flags = request.getfixturevalue(name)
    run('verify', *flags, '--splits', splits)
    out = capsys.readouterr().out
    assert '20 checks, 0 failed' in out


@pytest.mark.parametrize('nested', [(), ('--nested',)])
@pytest.mark.parametrize(
    ('name', 'classes'), [('ucf101', 101), ('hmdb51', 51)]
)
def test_shots_of_real_lists(
    request, tmp_path, released, lists, name, classes, nested
):
    flags = without_val(request.getfixturevalue(name))
    for out in ('a', 'b'):
        run('few-shot', *flags, *nested, '--out', tmp_path / out)
    assert content(tmp_path / 'a') == content(tmp_path / 'b')
    folder = {'ucf101': 'ucf', 'hmdb51': 'hmdb'}[name]
    val = set(lines(released / f'{folder}_splits/val1.txt'))
    train = {
        line.split()[0].split('/')[-1].removesuffix('.avi')
        for line in lines(lists / name / 'train1.txt')
    }
    before = set()
    for shots in (2, 4, 8, 16):
        found = lines(tmp_path / f'a/train1_few_shot_{shots}.txt')
        counts = Counter(int(line.split()[1]) for line in found)
        assert counts == dict.fromkeys(range(classes), shots)
        assert len(set(found)) == len(found)
        assert not set(found) & val
        assert {line.split('.avi ')[0] for line in found} <= train
        assert (before < set(found)) == (bool(nested) or shots == 2)
        before = set(found)


def test_new_classes_of_kinetics600(shared_data, labels, tmp_path):
    with (shared_data / 'derived/k600_renamed_from_k400.csv').open() as rows:
        table = {r['k400_name']: r['k600_name'] for r in csv.DictReader(rows)}
    assert table == RENAMED
    files = ('kinetics_600_labels.csv', 'kinetics_400_labels.csv')
    new = new_names(*(names_of(labels / file) for file in files))
    file = shared_data / 'derived/k600_zero_shot_220_classes.csv'
    assert new == names_of(file)
    assert len(new) == 220
    run('zero-shot-k600', '--out', tmp_path)
    assert names_of(tmp_path / 'zero_shot_labels.csv') == new
    drawn = [
        names_of(tmp_path / f'zero_shot_s{i}_labels.csv') for i in (1, 2, 3)
    ]
    for names in drawn:
        assert len(names) == 160 and set(names) < set(new)
        assert names == sorted(names)
    assert drawn[0] != drawn[1] != drawn[2]


@pytest.mark.parametrize(
    ('split', 'videos'), [(1, 14084), (2, 13978), (3, 14136)]
)
def test_published_zero_shot_splits(released, labels, split, videos):
    names = names_of(labels / f'ZS_split{split}_K600.csv')
    assert len(set(names)) == 160
    assert set(names) < set(load_class_names('kinetics600_zero_shot'))
    found = lines(released / f'k600_splits/ZS_split{split}_K600_eval.txt')
    assert len(found) == videos
    assert {int(line.split()[1]) for line in found} == set(range(160))
