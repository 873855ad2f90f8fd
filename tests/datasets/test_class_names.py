"""Class lists: the library's, and files of users."""

import csv
import json

import pytest

from vlprompt.datasets import list_class_names, load_class_names
from vlprompt.datasets.lists.hmdb51_order import class_order
from vlprompt.errors import UserError

SIZES = dict(
    hmdb51=51,
    hmdb51_base=26,
    hmdb51_novel=25,
    kinetics400=400,
    kinetics400_base=200,
    kinetics400_novel=200,
    kinetics600=600,
    kinetics600_zero_shot=220,
    kinetics600_zero_shot_1=160,
    kinetics600_zero_shot_2=160,
    kinetics600_zero_shot_3=160,
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
        kinetics400='k400',
        kinetics600='k600',
        ucf101='ucf101',
        ssv2='sthv2',
        hmdb51='hmdb51',
    ).items():
        clean = 'underscore' if name == 'hmdb51' else 'none'
        theirs = load_class_names(maps / f'label_map_{file}.txt', clean)
        assert load_class_names(name) == theirs


HALVES = dict(
    kinetics400='k400',
    hmdb51='hmdb51_split1',
    ucf101='ucf101_split1',
    ssv2='ssv2',
)


@pytest.mark.parametrize('name', HALVES)
def test_halves_are_in_the_published_order(shared_data, name):
    file = shared_data / 'derived/base_novel_expected_ids.json'
    ids = json.loads(file.read_text())[HALVES[name]]
    names = load_class_names(name)
    for half in ('base', 'novel'):
        expected = tuple(names[i] for i in ids[f'{half}_ids'])
        assert load_class_names(f'{name}_{half}') == expected


@pytest.mark.parametrize(
    ('ours', 'theirs'),
    [
        ('kinetics400', 'kinetics_400'),
        ('ucf101', 'ucf_101'),
        ('ssv2', 'ssv2_174'),
    ],
)
@pytest.mark.parametrize('half', ['base', 'novel'])
def test_halves_equal_the_published_files(shared_data, ours, theirs, half):
    file = shared_data / f'vifi_clip/labels/{theirs}_{half}_labels.csv'
    assert load_class_names(f'{ours}_{half}') == load_class_names(file)


@pytest.mark.parametrize('half', ['', '_base', '_novel'])
def test_hmdb51_equals_the_corrected_files(shared_data, half):
    file = shared_data / f'derived/hmdb_51{half}_labels_corrected.csv'
    assert load_class_names(f'hmdb51{half}') == load_class_names(file)


def test_camel_case_is_split_as_expected(shared_data):
    file = shared_data / 'derived/ucf_101_labels_split_words.csv'
    assert load_class_names('ucf101', 'camel') == load_class_names(file)


def test_every_published_label_file_is_read(shared_data):
    files = sorted((shared_data / 'vifi_clip/labels').glob('*.csv'))
    assert len(files) == 16
    for file in files:
        with file.open(newline='') as rows:
            names = tuple(row['name'] for row in csv.DictReader(rows))
        assert len(names) > 20
        assert load_class_names(file) == names
    contents = {file.name: file.read_bytes() for file in files}
    assert sum(b'\r\n' in content for content in contents.values()) == 11
    assert b',"' in contents['ssv2_labels.csv']


@pytest.mark.parametrize(
    ('ours', 'theirs'),
    [
        ('kinetics400', 'vifi_clip/labels/kinetics_400_labels.csv'),
        ('kinetics600', 'vifi_clip/labels/kinetics_600_labels.csv'),
        ('ssv2', 'vifi_clip/labels/ssv2_labels.csv'),
        ('ucf101', 'vifi_clip/labels/ucf_101_labels.csv'),
        ('kinetics600_zero_shot', 'derived/k600_zero_shot_220_classes.csv'),
        ('kinetics600_zero_shot_1', 'vifi_clip/labels/ZS_split1_K600.csv'),
        ('kinetics600_zero_shot_2', 'vifi_clip/labels/ZS_split2_K600.csv'),
        ('kinetics600_zero_shot_3', 'vifi_clip/labels/ZS_split3_K600.csv'),
    ],
)
def test_shipped_lists_equal_the_published_files(shared_data, ours, theirs):
    with (shared_data / theirs).open(newline='') as rows:
        names = tuple(row['name'] for row in csv.DictReader(rows))
    assert load_class_names(ours) == names


def test_zero_shot_classes_of_kinetics600():
    new = load_class_names('kinetics600_zero_shot')
    assert set(new) < set(load_class_names('kinetics600'))
    assert not set(new) & set(load_class_names('kinetics400'))
    drawn = set()
    for split in (1, 2, 3):
        names = load_class_names(f'kinetics600_zero_shot_{split}')
        assert set(names) < set(new)
        assert names == tuple(sorted(names))
        drawn |= set(names)
    left = {'making horseshoes', 'pillow fight', 'spelunking'}
    assert set(new) - drawn == left


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
    [
        ('id,name\n2,yoga\n', 'line 2.* expected id 1'),
        ('name\nyoga\n', 'expected id 0'),
        ('id,name\n\n0,yoga\n1,\n', 'line 4'),
        ('id,name\n0,Moving, then stopping\n', 'in quotes'),
        ('id,name\n0,yoga\n1,yoga\n', "0 and 1 have the same name 'yoga'"),
    ],
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


def test_blanks_and_marks_are_no_part_of_a_name(tmp_path):
    (tmp_path / 'a.csv').write_text('id,name\n0, yoga\n1, "a, b" \n')
    assert load_class_names(tmp_path / 'a.csv') == ('yoga', 'a, b')
    (tmp_path / 'a.txt').write_bytes('\ufeffyoga \r\n\r\nrun\r\n'.encode())
    assert load_class_names(tmp_path / 'a.txt') == ('yoga', 'run')


def test_names_that_cleaning_makes_equal_are_refused():
    assert len(load_class_names(['TaiChi', 'tai chi'])) == 2
    with pytest.raises(UserError, match='0 and 1 .* no text can'):
        load_class_names(['TaiChi', 'tai chi'], 'camel')


@pytest.mark.parametrize('half', ['', '_base', '_novel'])
def test_the_published_order_of_hmdb51(shared_data, logged, half):
    file = shared_data / f'vifi_clip/labels/hmdb_51{half}_labels.csv'
    ours = load_class_names(f'hmdb51{half}', order='vifi')
    assert logged == []
    assert ours != load_class_names(f'hmdb51{half}')
    assert ours == load_class_names(file)
    (line,) = logged
    assert line.startswith(f'WARNING {file} has ')
    pair = "'sword exercise' before 'sword'" if half == '_base' else "'kick b"
    assert pair in line
    assert load_class_names(file, order='vifi') == ours
    assert len(logged) == 1
    assert class_order(ours) == 'vifi'
    assert class_order(load_class_names(f'hmdb51{half}')) == 'official'


def test_the_published_order_is_of_ids_20_21_44_45():
    official = load_class_names('hmdb51')
    vifi = load_class_names('hmdb51', order='vifi')
    moved = [i for i in range(51) if official[i] != vifi[i]]
    assert moved == [20, 21, 44, 45]
    assert vifi[20:22] == ('kick ball', 'kick')
    assert vifi[44:46] == ('sword exercise', 'sword')
    raw = [name.replace(' ', '_') for name in official]
    assert load_class_names(raw, 'underscore', 'vifi') == vifi


def test_the_right_lists_are_read_without_a_word(shared_data, logged):
    load_class_names(shared_data / 'mmaction2/label_maps/label_map_hmdb51.txt')
    load_class_names(shared_data / 'derived/hmdb_51_labels_corrected.csv')
    for name in list_class_names():
        load_class_names(name)
    load_class_names(['kick ball', 'kick'])  # which a user wrote
    assert logged == []


def test_orders_that_do_not_fit_are_refused():
    for classes, given in (
        ('ucf101', 'ucf101'),
        (('kick', 'run', 'kick ball'), 'the list of 3 names'),
    ):
        with pytest.raises(UserError, match=f'but {given} has neither kick'):
            load_class_names(classes, order='vifi')
    with pytest.raises(UserError, match="order='frequency', expected one of"):
        load_class_names('hmdb51', order='frequency')
