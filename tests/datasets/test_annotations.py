"""Lists of videos."""

import re

import pytest

from vlprompt.datasets import load_class_names
from vlprompt.datasets.lists.annotations import read_annotations, read_list
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
        ('path label\n', 'is empty but for its header'),
        ('\n\n', 'is empty'),
    ],
)
def test_wrong_lists_are_refused(tmp_path, content, message):
    file = tmp_path / 'list.txt'
    file.write_text(content)
    with pytest.raises(UserError, match=message):
        read_annotations(file, ('yoga', 'tai chi'))


def test_errors_name_sections_that_exist(repository):
    """Every page and section that a message of the package leads to."""
    text = ''.join(
        file.read_text() for file in (repository / 'vlprompt').rglob('*.py')
    )
    pages = re.findall(r"""(?:docs_url\(|page\b.*=\s?)['"]([^'"]+)""", text)
    assert {'data#layout', 'data#class-lists', 'retrieval'} <= {*pages}
    for page in pages:
        name, _, section = page.partition('#')
        content = (repository / f'docs/{name}.md').read_text()
        titles = re.findall(r'^#+ (.*)', content, re.MULTILINE)
        anchors = [re.sub(r'\W+', '-', title.lower()) for title in titles]
        assert section in ('', *anchors), page


def test_a_missing_list_is_named():
    with pytest.raises(
        UserError, match=r'/nowhere.txt \(https://.*/data.html'
    ):
        read_annotations('/nowhere.txt', ('yoga',))


@pytest.mark.parametrize(
    'line',
    [
        'Juli_somersault_f_cm_np1_le_bad_1 79 41',
        '78687 134 19',
        'clip.mp4 0 1',
        'clip.mp4,0,1',
        'a folder/clip 300 1',
        'clip.mp4\t0\t1',
    ],
)
def test_two_numbers_behind_a_path_are_refused(tmp_path, line):
    """UniFormer's ``name frames label``, and several labels."""
    file = tmp_path / 'list.txt'
    file.write_text(f'a 2.mp4 0\n{line}\n')
    with pytest.raises(UserError, match='line 2: .* two numbers after') as e:
        read_annotations(file, [str(i) for i in range(174)])
    assert repr(line) in str(e.value)


def test_a_video_with_two_labels_is_refused(tmp_path):
    file = tmp_path / 'list.txt'
    file.write_text('a.mp4 0\n\nb.mp4 1\na.mp4,tai chi\n')
    with pytest.raises(UserError, match='lines 1 and 4: a.mp4 .* 0 and 1'):
        read_annotations(file, ('yoga', 'tai chi'))


def test_a_video_twice_with_its_label_is_kept(tmp_path, logged):
    """As in MMAction2's own list of test videos."""
    file = tmp_path / 'list.txt'
    file.write_text('b.mp4 1\ntest.mp4 0\ntest.mp4 0\ntest.mp4,yoga\n')
    videos = read_annotations(file, ('yoga', 'tai chi'))
    assert videos == [('b.mp4', 1), *[('test.mp4', 0)] * 3]
    (line,) = logged
    assert line.startswith(f'WARNING {file} has 2 lines with a video that')
    assert 'first test.mp4 (lines 2 and 3)' in line


def test_a_list_without_class_names(tmp_path):
    file = tmp_path / 'list.txt'
    file.write_text('a.mp4 0\n\nb.mp4 700\n')
    lines = read_list(file)
    assert [line.number for line in lines] == [1, 3]
    assert lines[1].text == 'b.mp4 700'
    assert lines[1].video == ('b.mp4', 700)
    for label, message in (('-1', 'label -1, expected'), ('yoga', 'an id$')):
        file.write_text(f'a.mp4 {label}\n')
        with pytest.raises(UserError, match=message):
            read_list(file)


def test_mmaction2s_own_lists(shared_data, logged):
    folder = shared_data / 'mmaction2/tests_annotations'
    videos = read_annotations(folder / 'video_test_list.txt', ('a',))
    assert videos == [('test.mp4', 0)] * 2
    assert len(logged) == 1
    with pytest.raises(UserError, match='two numbers'):
        read_annotations(folder / 'video_test_list_multi_label.txt', 'abcd')


def test_every_published_list_is_read(shared_data, logged):
    """All but the two longest, and none has a video twice."""
    splits = shared_data / 'vifi_clip/datasets_splits'
    files = sorted(splits.rglob('*.txt'))
    assert len(files) > 40
    for file in files:
        if file.stat().st_size < 1_500_000:
            text = file.read_text().splitlines()
            lines = [line.rsplit(' ', 1) for line in text]
            expected = [(path, int(label)) for path, label in lines]
            names = [str(i) for i in range(400)]
            assert read_annotations(file, names) == expected
    assert logged == []
