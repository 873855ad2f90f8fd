"""Lists of videos."""

import re

import pytest

from vlprompt.datasets import load_class_names
from vlprompt.datasets.annotations import read_annotations
from vlprompt.errors import UserError


@pytest.mark.parametrize(
    'read', [load_class_names, lambda file: read_annotations(file, ('a',))]
)
def test_what_is_not_text_is_refused(tmp_path, read):
    file = tmp_path / 'list.txt'
    file.write_bytes('caf\xe9 0'.encode('latin-1'))
    with pytest.raises(UserError, match=r'list.txt is not .* \(byte 4\)'):
        read(file)


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
        ('"my, clip.mp4",1', 'my, clip.mp4', 1),
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


def test_names_as_they_were_before_cleaning(tmp_path):
    file = tmp_path / 'list.txt'
    file.write_text('a.mp4,brush_hair\nb.mp4,brush hair\nc.mp4 0\n')
    videos = read_annotations(file, ('brush hair',), ('brush_hair',))
    assert [video.label for video in videos] == [0, 0, 0]


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


def test_errors_name_sections_that_exist(repository):
    """Every (docs/data.md, "Section") of the package."""
    page = (repository / 'docs/data.md').read_text()
    text = ''.join(
        re.sub(r"'\s*f?'", '', file.read_text())
        for file in (repository / 'vlprompt').rglob('*.py')
    )
    sections = re.findall(r'docs/data\.md, "([^"]*)"', text)
    assert {'Layout', 'Class lists'} <= set(sections)
    for section in sections:
        assert f'\n## {section}\n' in page


def test_a_missing_list_is_named():
    with pytest.raises(UserError, match=r'/nowhere.txt \(docs/data.md'):
        read_annotations('/nowhere.txt', ('yoga',))
