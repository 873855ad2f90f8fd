"""Class lists and lists of videos."""

import json

import pytest

from vlprompt.datasets import list_class_names, load_class_names
from vlprompt.datasets.annotations import read_annotations
from vlprompt.errors import UserError

SIZES = dict(
    hmdb51=51,
    hmdb51_base=26,
    hmdb51_novel=25,
    kinetics400=400,
    kinetics400_base=200,
    kinetics400_novel=200,
    ssv2=174,
    ssv2_base=87,
    ssv2_novel=87,
    ucf101=101,
    ucf101_base=51,
    ucf101_novel=50,
)


def test_the_shipped_lists():
    assert list_class_names() == sorted(SIZES)
    for name, size in SIZES.items():
        names = load_class_names(name)
        assert len(set(names)) == size, name
    for name in ('hmdb51', 'kinetics400', 'ssv2', 'ucf101'):
        base = load_class_names(f'{name}_base')
        novel = load_class_names(f'{name}_novel')
        assert {*base, *novel} == set(load_class_names(name))


def test_hmdb51_is_in_the_order_of_its_folders():
    names = load_class_names('hmdb51')
    assert names[20:22] == ('kick', 'kick ball')
    assert names[44:46] == ('sword', 'sword exercise')


def test_shipped_lists_equal_the_published_ones(shared_data):
    maps = shared_data / 'mmaction2/label_maps'
    for name, file in dict(
        kinetics400='k400', ucf101='ucf101', ssv2='sthv2', hmdb51='hmdb51'
    ).items():
        clean = 'underscore' if name == 'hmdb51' else 'none'
        theirs = load_class_names(maps / f'label_map_{file}.txt', clean)
        assert load_class_names(name) == theirs
    ids = shared_data / 'derived/base_novel_expected_ids.json'
    assert json.loads(ids.read_text())


def test_every_published_label_file_is_read(shared_data):
    files = sorted((shared_data / 'vifi_clip/labels').glob('*.csv'))
    assert len(files) == 16
    for file in files:
        assert len(load_class_names(file)) > 20


@pytest.mark.parametrize(
    ('clean', 'name', 'expected'),
    [
        ('none', 'ApplyEyeMakeup', 'ApplyEyeMakeup'),
        ('camel', 'ApplyEyeMakeup', 'apply eye makeup'),
        ('underscore', 'brush_hair', 'brush hair'),
        ('lower', 'Tai Chi', 'tai chi'),
    ],
)
def test_names_become_text(clean, name, expected):
    assert load_class_names([name], clean) == (expected,)


def test_csv_with_quotes_and_windows_line_ends(tmp_path):
    file = tmp_path / 'labels.csv'
    file.write_bytes(b'id,name\r\n0,"Moving, then stopping"\r\n1,yoga\r\n')
    assert load_class_names(file) == ('Moving, then stopping', 'yoga')


@pytest.mark.parametrize(
    ('content', 'message'),
    [('id,name\n1,yoga\n', 'line 2'), ('name\nyoga\n', 'expected id 0')],
)
def test_wrong_label_files_are_refused(tmp_path, content, message):
    file = tmp_path / 'labels.csv'
    file.write_text(content)
    with pytest.raises(UserError, match=message):
        load_class_names(file)


def test_unknown_lists_are_refused():
    with pytest.raises(UserError, match='neither a file nor one of hmdb51'):
        load_class_names('hmdb52')
    with pytest.raises(UserError, match="text_clean='upper'"):
        load_class_names(['a'], 'upper')
    with pytest.raises(UserError, match='is empty'):
        load_class_names([])


@pytest.mark.parametrize(
    ('line', 'path', 'label'),
    [
        ('a/b.mp4 1', 'a/b.mp4', 1),
        ('a/b.mp4\t 1 ', 'a/b.mp4', 1),
        ('my clip, no 2.mp4 0', 'my clip, no 2.mp4', 0),
        ('a.mp4,1', 'a.mp4', 1),
        ('my clip.mp4,1', 'my clip.mp4', 1),
        ('a.mp4,tai chi', 'a.mp4', 1),
        ('a yoga.mp4,tai chi', 'a yoga.mp4', 1),
        ('a,1 yoga', 'a,1', 0),
    ],
)
def test_lines(tmp_path, line, path, label):
    file = tmp_path / 'list.txt'
    file.write_text(f'\n{line}\r\n\n')
    assert read_annotations(file, ('yoga', 'tai chi')) == [(path, label)]


def test_the_longest_class_name_is_meant(tmp_path):
    file = tmp_path / 'list.txt'
    file.write_text('opening a door/a.mp4,opening a door')
    (video,) = read_annotations(file, ('door', 'opening a door'))
    assert video == ('opening a door/a.mp4', 1)


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('a.mp4 0\nb.mp4 2\n', r'line 2: label 2, .* 2 names \(0 to 1\)'),
        ('a.mp4 -1\n', 'line 1: label -1'),
        ('a.mp4 0\nb.mp4\n', "line 2: 'b.mp4', expected"),
        ('path label\n', "line 1: 'path label', expected"),
        ('\n\n', 'is empty'),
    ],
)
def test_wrong_lists_are_refused(tmp_path, content, message):
    file = tmp_path / 'list.txt'
    file.write_text(content)
    with pytest.raises(UserError, match=message):
        read_annotations(file, ('yoga', 'tai chi'))


def test_a_missing_list_is_named():
    with pytest.raises(UserError, match=r'/nowhere.txt \(docs/data.md'):
        read_annotations('/nowhere.txt', ('yoga',))
