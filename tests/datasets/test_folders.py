"""Folders and lists of videos: their layouts and class names."""

import os

import pytest

from vlprompt.datasets.folders import read_folder
from vlprompt.datasets.folders.class_texts import in_words
from vlprompt.datasets.folders.listed import read_listed
from vlprompt.errors import UserError


def make(root, *paths, text=''):
    """Empty files: layouts are read from names alone."""
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def test_folders_are_classes(tmp_path):
    root = make(
        tmp_path,
        'surfing/a b.mp4',
        'surfing/deep/er/c.MOV',
        'tai_chi/ü_1.webm',
        'tai_chi/notes.txt',
        'tai_chi/.hidden.mp4',
        'tai_chi/._a.mp4',
        '__MACOSX/surfing/a.mp4',
        '.cache/x.mp4',
    )
    found = read_folder(root)
    assert found.classes == ('surfing', 'tai chi')
    assert found.folders == ('surfing', 'tai_chi')
    assert [(v.path, v.label) for v in found.videos] == [
        ('surfing/a b.mp4', 0),
        ('surfing/deep/er/c.MOV', 0),
        ('tai_chi/ü_1.webm', 1),
    ]
    assert not found.is_divided
    assert found.notes == []


@pytest.mark.parametrize('val', ['val', 'valid', 'validation', 'test', 'Val'])
def test_train_and_val_above_the_classes(tmp_path, val):
    root = make(
        tmp_path,
        'train/a/1.mp4',
        'train/b/2.mp4',
        f'{val}/a/3.mp4',
        f'{val}/b/4.mp4',
    )
    found = read_folder(root)
    assert found.is_divided
    assert {(v.path, v.side) for v in found.videos} == {
        ('train/a/1.mp4', 'train'),
        ('train/b/2.mp4', 'train'),
        (f'{val}/a/3.mp4', 'val'),
        (f'{val}/b/4.mp4', 'val'),
    }
    assert found.classes == ('a', 'b')


def test_validation_comes_before_test(tmp_path):
    paths = [f'{s}/{c}/1.mp4' for s in ('train', 'val', 'test') for c in 'ab']
    found = read_folder(make(tmp_path, *paths))
    sides = {v.path: v.side for v in found.videos}
    assert sides == {p: p.split('/')[0] for p in paths if 'test' not in p}
    assert 'val/ is held out, test/ left out' in found.notes[0]


def test_train_alone_is_divided_here(tmp_path):
    found = read_folder(make(tmp_path, 'train/a/1.mp4', 'train/b/1.mp4'))
    assert [v.path for v in found.videos] == ['train/a/1.mp4', 'train/b/1.mp4']
    assert {v.side for v in found.videos} == {None}
    assert 'no val/' in found.notes[0]


def test_a_class_may_be_called_train(tmp_path):
    found = read_folder(make(tmp_path, 'train/1.mp4', 'bus/1.mp4'))
    assert found.classes == ('bus', 'train')


def test_what_is_left_out_is_said(tmp_path):
    root = make(tmp_path, 'a/1.mp4', 'b/1.mp4', 'loose.mp4', 'c/1.jpg')
    (root / 'd').mkdir()
    notes = '\n'.join(read_folder(root).notes)
    assert 'c has 1 images: left out' in notes
    assert 'd has no videos: left out' in notes
    assert '1 videos lie in no folder of a class' in notes


def test_a_class_without_validation_is_said(tmp_path):
    root = make(tmp_path, 'train/a/1.mp4', 'train/b/1.mp4', 'val/a/2.mp4')
    assert (
        '1 of 2 classes have no videos in val/' in read_folder(root).notes[0]
    )


@pytest.mark.skipif(os.name == 'nt', reason='links need rights there')
def test_links_are_followed_once(tmp_path):
    root = make(tmp_path / 'root', 'a/1.mp4')
    make(tmp_path / 'far', '2.mp4')
    (root / 'b').symlink_to(tmp_path / 'far')
    (root / 'a/loop').symlink_to(root / 'a')
    (root / 'a/3.mp4').symlink_to(tmp_path / 'far/2.mp4')
    paths = [v.path for v in read_folder(root).videos]
    assert paths == ['a/1.mp4', 'a/3.mp4', 'b/2.mp4']


BAD = {
    'nothing': ((), 'no videos below .*0 other files'),
    'images': (('a/1.jpg', 'b/2.png'), 'no videos below .*2 images'),
    'one class': (('a/1.mp4', 'a/2.mp4'), "one class with videos, 'a'"),
    'no classes': (('1.mp4', '2.mp4'), '2 videos, and no folders of classes'),
    'other classes': (
        ('train/cats/1.mp4', 'train/b/1.mp4', 'val/cat/1.mp4'),
        'val has classes that train/ does not have: cat; did you mean cats',
    ),
    'mixture': (
        ('train/a/1.mp4', 'train/b/1.mp4', 'val/a/1.mp4', 'c/1.mp4'),
        'has train/ and, beside it, videos in c',
    ),
    'misnamed': (
        ('train/a/1.mp4', 'train/b/1.mp4', 'holdout/a/1.mp4'),
        'has train/ and, beside it, videos in holdout',
    ),
    'one text': (
        ('Archery/1.mp4', 'archery/1.mp4'),
        "'Archery'.*'archery'.*are the same tokens",
    ),
    'one text in words': (
        ('tai_chi/1.mp4', 'tai chi/1.mp4'),
        "have the same name 'tai chi'",
    ),
}


@pytest.mark.parametrize('name', BAD)
def test_bad_folders_get_one_line(tmp_path, name):
    paths, message = BAD[name]
    root = make(tmp_path, *paths)
    if name == 'one text' and len(list(root.iterdir())) == 1:
        pytest.skip('the file system does not tell these names apart')
    with pytest.raises(UserError, match=message) as error:
        read_folder(root)
    assert '\n' not in str(error.value)


def test_no_folder(tmp_path):
    with pytest.raises(UserError, match='no folder at'):
        read_folder(tmp_path / 'missing')


def test_classes_get_other_names(tmp_path):
    root = make(tmp_path, 'c1/1.mp4', 'c2/1.mp4', 'c3/1.mp4')
    (root / 'classes.csv').write_text('folder,words\nc1,"a dog, wet"\nc2,cat')
    assert read_folder(root).classes == ('a dog, wet', 'cat', 'c3')
    (root / 'classes.csv').write_text('c9,cat')
    with pytest.raises(UserError, match="names 'c9', which is no folder"):
        read_folder(root)
    (root / 'classes.csv').write_text('c1')
    with pytest.raises(UserError, match='expected folder,words'):
        read_folder(root)


@pytest.mark.parametrize(
    ('name', 'words'),
    [
        ('ApplyEyeMakeup', 'apply eye makeup'),
        ('brush_hair', 'brush hair'),
        ('push-up', 'push up'),
        ('Tai Chi', 'Tai Chi'),
        ('__', '__'),
        ('scho\u0308n', 'sch\u00f6n'),
    ],
)
def test_names_in_words(name, words):
    assert in_words(name) == words


def test_lists(tmp_path):
    path = tmp_path / 'list.txt'
    path.write_text(
        'path,class\na b.mp4,tai_chi\n"c,d.avi","surfing"\n/e.mkv x y'
    )
    found = read_listed(path)
    assert found.classes == ('surfing', 'tai chi', 'x y')
    assert [(v.path, v.label) for v in found.videos] == [
        ('a b.mp4', 1),
        ('c,d.avi', 0),
        ('/e.mkv', 2),
    ]
    path.write_text('a.mp4 0\nb.mp4 1')
    with pytest.raises(UserError, match='numbers for classes: --classes'):
        read_listed(path)
    assert read_listed(path, ['golf', 'yoga']).classes == ('golf', 'yoga')
    path.write_text('a.mp4 golf\nb.mp4 golf')
    with pytest.raises(UserError, match='one class, expected two'):
        read_listed(path)
    path.write_text('golf')
    with pytest.raises(UserError, match='expected "path,class"'):
        read_listed(path)


def test_class_texts_name_folders_in_either_form_of_accents(tmp_path):
    root = make(tmp_path, 'cafe\u0301/1.mp4', 'run/1.mp4')
    (root / 'classes.csv').write_text('caf\u00e9,drinking coffee\n', 'utf-8')
    assert read_folder(root).classes == ('drinking coffee', 'run')
