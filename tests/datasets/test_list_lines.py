"""How lines of lists are read: never otherwise than they were written."""

import csv
import io
import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from vlprompt.datasets.lists.annotations import (
    misses_id_0,
    read_annotations,
    read_list,
)
from vlprompt.datasets.lists.labels import Labels
from vlprompt.datasets.lists.list_lines import read_line, write_line
from vlprompt.errors import UserError

PASTE = ('cut, then paste', 'paste', 'level 1', 'say "cheese"')
SORTED = tuple(sorted(str(i) for i in range(12)))  # 0, 1, 10, 11, 2, ...
PADDED = tuple(f'{i:03}' for i in range(1, 13))


def read(tmp_path, text, names=PASTE, **kwargs):
    file = tmp_path / 'list.txt'
    file.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_annotations(file, names, **kwargs)


@pytest.mark.parametrize(
    ('line', 'path', 'label'),
    [
        ('v0.mp4,cut, then paste', 'v0.mp4', 0),
        ('v0.mp4,"cut, then paste"', 'v0.mp4', 0),
        ('"v0.mp4","cut, then paste"', 'v0.mp4', 0),
        ('v0.mp4 "cut, then paste"', 'v0.mp4', 0),
        ('v0.mp4\t"cut, then paste"', 'v0.mp4', 0),
        ('v0.mp4\tcut, then paste', 'v0.mp4', 0),
        ('v0.mp4 cut, then paste', 'v0.mp4', 0),
        ('v0,cut, then paste', 'v0', 0),
        ('v0.mp4,paste', 'v0.mp4', 1),
        ('"v0.mp4,cut, then.mp4",paste', 'v0.mp4,cut, then.mp4', 1),
        ('"v0.mp4,cut, then",paste', 'v0.mp4,cut, then', 1),
        ('"a ""b"" c.mp4",1', 'a "b" c.mp4', 1),
        ('"my clip.mp4" 0', 'my clip.mp4', 0),
        ('"clip 2",1', 'clip 2', 1),
        ('the "best" clip.mp4 0', 'the "best" clip.mp4', 0),
        ('"hi.mp4","say ""cheese"""', 'hi.mp4', 3),
        ('hi.mp4,say "cheese"', 'hi.mp4', 3),
        ('v0.mp4 level 1', 'v0.mp4', 2),
        ('v0,level 1', 'v0', 2),
        ('a, b, c.mp4,1', 'a, b, c.mp4', 1),
        ('a\u2028b\x85c\x0c.mp4 1', 'a\u2028b\x85c\x0c.mp4', 1),
        ('a\x0bb\x1cc\x1d\x1e.mp4 1', 'a\x0bb\x1cc\x1d\x1e.mp4', 1),
        ('a\u00a0b.mp4 1', 'a\u00a0b.mp4', 1),
    ],
)
def test_what_is_meant(tmp_path, line, path, label):
    assert read(tmp_path, f'{line}\n') == [(path, label)]


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('my level 1', "is 'my' with the label 'level 1' or 'my level' with"),
        ('"a.mp4,0', 'begins with a quote'),
        ('"a, b.mp4",yoga,0', 'begins with a quote'),
        ('a.mp4,1,paste', 'has 3 columns'),
        ('a.mp4 300 paste', 'has 3 columns'),
        ('x,0wR5jVB-WPk,417,427,val,0', 'has 6 columns'),
        ('label,youtube_id,time_start,time_end', 'which has 4 columns'),
        ('a.mp4 \u00b2', 'expected "path label"'),
        ('a.mp4 \u0663', 'expected "path label"'),
        ('a.mp4 \uff11', 'expected "path label"'),
        ('a.mp4 1.0', 'expected "path label"'),
        ('a.mp4 +1', 'expected "path label"'),
        ('a.mp4 1_0', 'expected "path label"'),
        ('a.mp4 ' + '9' * 5000, 'expected "path label"'),
        ('a.mp4\u00a01', 'expected "path label"'),
        ('a.mp4 -1', 'label -1'),
        (' 1', 'expected "path label"'),
        (',1', 'expected "path label"'),
        ('"",1', 'expected "path label"'),
        ('path,yoga', 'expected "path label"'),
    ],
)
def test_what_is_not_clear_is_one_line(tmp_path, line, message):
    with pytest.raises(UserError, match=message) as error:
        read(tmp_path, f'{line}\n')
    assert 'list.txt line 1' in str(error.value)
    assert '\n' not in str(error.value)


@pytest.mark.parametrize('end', ['\n', '\r\n', '\r'])
def test_ends_of_lines(tmp_path, end):
    text = end.join(['a\u2028.mp4 0', '', 'b.mp4 1', ''])
    assert read(tmp_path, text) == [('a\u2028.mp4', 0), ('b.mp4', 1)]


@pytest.mark.parametrize(
    ('content', 'message'),
    [
        ('a.mp4 0\n'.encode('utf-16'), 'is in UTF-16'),
        ('a.mp4 0\n'.encode('utf-16-le'), 'byte 2 is NUL'),
        (b'a.mp4 0\n\0\0', 'byte 9 is NUL'),
        (b'a.mp4 0\n\xef\xbb\xbfb.mp4 1\n', 'line 2 begins with a byte ord'),
        (b'caf\xe9.mp4 0\n', r'not a text file in UTF-8 \(byte 4\)'),
    ],
)
def test_files_that_are_no_utf8(tmp_path, content, message):
    with pytest.raises(UserError, match=message):
        read(tmp_path, content)
    assert read(tmp_path, b'\xef\xbb\xbfa.mp4 0\n') == [('a.mp4', 0)]


@pytest.mark.parametrize(
    ('names', 'label', 'place'),
    [(SORTED, '1', 1), (SORTED, '11', 3), (PADDED, '012', 11)],
)
def test_digits_that_are_names(tmp_path, names, label, place):
    """Of text-sorted classes ``11`` is the fourth, and id 11 is ``9``."""
    text = f'a.mp4 {label}\n'
    assert read(tmp_path, f'path,name\n{text}', names) == [('a.mp4', place)]
    if place == int(label) or int(label) >= len(names):
        assert read(tmp_path, text, names) == [('a.mp4', place)]
        return
    with pytest.raises(UserError, match=f"{label!r} is the name of class .*'"):
        read(tmp_path, text, names)
    videos = read(tmp_path, f'path,id\n{text}', names)
    assert videos == [('a.mp4', int(label))]


@pytest.mark.parametrize('label', ['001', '1', '01'])
def test_padded_digits_are_told_from_ids(tmp_path, label):
    with pytest.raises(UserError, match=r"class 0 \('001'\) and .* of '002'"):
        read(tmp_path, f'a.mp4 {label}\n', PADDED)


@pytest.mark.parametrize(
    ('header', 'label', 'place'),
    [
        ('path label', '1', 1),
        ('video_path\tlabel', '1', 1),
        ('"path","label"', 'paste', 1),
        ('Path,Class', '1', 1),
        ('file name', 'paste', 1),
    ],
)
def test_headers(tmp_path, header, label, place):
    text = f'\n{header}\nx.mp4,{label}\ny.mp4 0'
    if 'name' in header:
        with pytest.raises(UserError, match=r'its header says names'):
            read(tmp_path, text)
        text = text.replace('y.mp4 0', 'y.mp4,cut, then paste')
    assert read(tmp_path, text) == [('x.mp4', place), ('y.mp4', 0)]


SPELLINGS = ('./v0.mp4', 'a/../v0.mp4', './/v0.mp4', 'v0.MP4', 'v0')


@pytest.mark.parametrize('other', SPELLINGS)
def test_a_video_with_two_spellings_and_labels(tmp_path, other):
    with pytest.raises(UserError, match='lines 1 and 3: .* labels 0 and 1'):
        read(tmp_path, f'v0.mp4 0\nx.mp4 1\n{other} 1\n')
    assert len(read(tmp_path, f'v0.mp4 0\n{other} 0\n')) == 2  # a warning


def test_absolute_paths_and_composed_letters(tmp_path):
    with pytest.raises(UserError, match='lines 1 and 2'):
        text = f'a/v0.mp4 0\n{tmp_path}/a/v0.mp4 1\n'
        read(tmp_path, text, root=tmp_path)
    with pytest.raises(UserError, match='lines 1 and 2'):
        read(tmp_path, 'caf\u00e9.mp4 0\ncafe\u0301.mp4 1\n')
    names = ('caf\u00e9', 'x')
    assert read(tmp_path, 'a.mp4,cafe\u0301\n', names) == [('a.mp4', 0)]


def test_two_files_are_two_videos(tmp_path):
    (tmp_path / 'a.mp4').touch()
    text = 'a.mp4 0\na.MP4 1\n'
    with pytest.raises(UserError, match='lines 1 and 2'):
        read(tmp_path, text, root=tmp_path)
    (tmp_path / 'a.MP4').touch()
    assert len(read(tmp_path, text, root=tmp_path)) == 2


def test_ids_that_start_at_1(tmp_path, logged):
    read(tmp_path, 'a.mp4 1\nb.mp4 2\n', 'abc')
    (line,) = logged
    assert line.startswith('WARNING') and 'never has id 0' in line
    read(tmp_path, 'a.mp4,b\nb.mp4,c\n', 'abc')
    read(tmp_path, 'a.mp4 0\nb.mp4 2\n', 'abc')
    assert len(logged) == 1
    with pytest.raises(UserError, match=r'label 3, .* \(0 to 2\).*start at 1'):
        read(tmp_path, 'a.mp4 1\nb.mp4 3\n', 'abc')
    assert misses_id_0(read_list(tmp_path / 'list.txt'))


def test_ids_as_a_class_list_counts_them(tmp_path):
    """``classInd.txt`` of UCF101 counts from 1, and so do its lists."""
    first = dict(first_id=1)
    assert read(tmp_path, 'a 1\nb 3\n', 'abc', **first) == [('a', 0), ('b', 2)]
    assert read(tmp_path, 'a 0\nb 2\n', 'abc', **first) == [('a', 0), ('b', 2)]
    assert read(tmp_path, 'a b\n', 'abc', **first) == [('a', 1)]
    with pytest.raises(UserError, match="label 1 is 'a' as .* and 'b' as"):
        read(tmp_path, 'a 1\nb 2\n', 'abc', **first)
    with pytest.raises(UserError, match='label 4'):
        read(tmp_path, 'b 4\n', 'abc', **first)


# What file names and class names are made of, and what could mislead.
CHARACTERS = st.sampled_from(
    'ab0179 ,.-_\'"\t\u00e9\u2028\x85\x0c\u00a0\ufeff'
)
TEXTS = st.text(CHARACTERS, min_size=1, max_size=12).map(
    lambda text: text.strip(' \t')
)
PATHS = st.one_of(
    TEXTS,
    TEXTS.map(lambda text: f'{text}.mp4'),
    st.tuples(TEXTS, st.sampled_from(PASTE)).map(' '.join),
).filter(
    # Blanks around a separator do not count, so "a, 0" is a and 0.
    lambda text: text.strip(' \t') == text.rstrip(',') == text != ''
)
NAMES = st.lists(
    st.one_of(st.sampled_from(PASTE), st.sampled_from(SORTED), TEXTS),
    min_size=1,
    max_size=6,
    unique=True,
).filter(lambda names: all(name.strip() for name in names))


def read_or_refuse(text, names, expected):
    assume(not text.startswith('\ufeff'))  # which marks the order of bytes
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, 'list.txt')
        file.write_bytes(text.encode())
        try:
            lines = read_list(file, names)
        except UserError as error:
            assert '\n' not in str(error)
            return
    videos = [line.video for line in lines]
    if videos != expected[1:]:  # the first may read as a header
        assert videos == expected


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_list_with_spaces_comes_back_or_is_refused(data):
    names = data.draw(NAMES)
    ids = st.integers(0, len(names) - 1)
    videos = data.draw(st.lists(st.tuples(PATHS, ids), min_size=1, max_size=3))
    assume(not any(path.startswith('"') for path, _ in videos))
    text = ''.join(f'{path} {label}\n' for path, label in videos)
    digits = {name for name in names if name.strip().isdecimal()}
    assume(not digits or all(names[i] not in digits for _, i in videos))
    read_or_refuse(text, names, videos)


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_a_csv_file_comes_back_or_is_refused(data):
    names = data.draw(NAMES)
    ids = st.integers(0, len(names) - 1)
    videos = data.draw(st.lists(st.tuples(PATHS, ids), min_size=1, max_size=3))
    separator = data.draw(st.sampled_from(',\t '))
    quoting = data.draw(
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_STRINGS])
        if hasattr(csv, 'QUOTE_STRINGS')
        else st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])
    )
    file = io.StringIO()
    rows = csv.writer(
        file, delimiter=separator, quoting=quoting, lineterminator=os.linesep
    )
    rows.writerows((path, names[label]) for path, label in videos)
    read_or_refuse(file.getvalue(), names, videos)


@settings(deadline=None, max_examples=200)
@given(PATHS, st.integers(0, 999))
def test_what_is_written_here_comes_back(path, label):
    read_path, read_label = read_line(
        write_line(path, label), Labels(None), ''
    )
    assert (read_path, read_label.value) == (path, label)
