"""Inputs of make_splits.py that are not what they should be."""

import pytest
from splits_tool import (
    VAL,
    both_lists,
    few_shot,
    halves,
    videos,
    write_lines,
    write_world,
)

from vlprompt.errors import UserError


@pytest.fixture
def world(tmp_path):
    write_world(tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ('line', 'message'),
    [
        ('b.avi', r"train.txt line 3: 'b.avi', expected \"path label\""),
        ('b.avi 0 x', r"line 3: 'b.avi 0 x', expected"),
        ('b.avi 12 0', r"line 3: 'b.avi 12 0' has two numbers"),
        ('b.avi 4', r'line 3: label 4, .* 4 names \(0 to 3\)'),
        ('b.avi -1', 'line 3: label -1'),
        ('a.avi 0', "lines 1 and 3 are the same video 'a.avi'"),
    ],
)
def test_wrong_lines_are_named(world, line, message):
    write_lines(world / 'train.txt', ['a.avi 0', '', line, 'c.avi 1'])
    with pytest.raises(UserError, match=message):
        few_shot(world, 'out', '--shots', 1)
    assert not (world / 'out').exists()


@pytest.mark.parametrize(
    ('flags', 'line', 'message'),
    [
        ((), 'c 50 1', "line 1: 'a 10 0', .* give --add-suffix .avi"),
        (('--add-suffix', '.avi'), 'c 1', "line 2: 'c 1', .* as above"),
        (('--add-suffix', '.avi'), 'c 50 x', "line 2: 'c 50 x'"),
        (
            ('--add-suffix', '.avi'),
            'c 50 4',
            r'line 2: .* label 4, .* \(0 to 3',
        ),
        (('--add-suffix', '.avi'), 'a 50 1', 'lines 1 and 2 .* video .a.avi'),
    ],
)
def test_wrong_lines_of_uniformer_are_named(world, flags, line, message):
    write_lines(world / 'train.txt', ['a 10 0', line])
    with pytest.raises(UserError, match=message):
        few_shot(world, 'out', *flags)


def test_names_that_are_the_same_without_folders_are_refused(world):
    write_lines(world / 'train.txt', ['a/1.avi 0', 'b/1.avi 1'])
    with pytest.raises(UserError, match="lines 1 and 2 .* '1.avi'"):
        few_shot(world, 'out', '--base-names')


def test_too_few_videos_name_the_class(world):
    message = r"class 1 \('hug'\) has 3 training videos, expected 4 or more;"
    with pytest.raises(UserError, match=message):
        few_shot(world, 'out', '--shots', 2, 4)
    message = r"class 0 \('golf'\) has 5 .* 7 or more, and 1 other"
    with pytest.raises(UserError, match=message):
        halves(world, 'out', *both_lists(world), '--shots', 7)
    assert not (world / 'out').exists()


def test_training_videos_in_the_test_list_are_refused(world):
    val = [*videos('val', VAL), 'train/hug_0.avi 1', 'train/run_0.avi 3']
    write_lines(world / 'val.txt', val)
    message = "train.txt and .*val.txt share 2 videos, .*'train/hug_0.avi'"
    with pytest.raises(UserError, match=message):
        halves(world, 'out', *both_lists(world))


@pytest.mark.parametrize(
    ('rows', 'message'),
    [
        (['name,count'], "header is 'name,count', expected"),
        (['id,count', '0,1', '1,1', '3,1'], 'no count for class 2 .*: 3 of 4'),
        (['id,count', '0,1', '4,1'], r"line 3: \['4', '1'\], .* 0 to 3"),
        (['id,count', '0,1', '0,1'], 'line 3'),
        (['id,count', '0,'], 'line 2'),
        (['id,count', '0,-1'], 'line 2'),
        (['id,name,count', '0,hug,1'], 'line 2.* its name in the class list'),
    ],
)
def test_wrong_counts_are_refused(world, rows, message):
    write_lines(world / 'counts.csv', rows)
    with pytest.raises(UserError, match=message):
        halves(world, 'out', '--counts', world / 'counts.csv')


def test_something_must_be_counted(world):
    with pytest.raises(UserError, match='expected --train, --counts or'):
        halves(world, 'out', '--val', world / 'val.txt')
    write_lines(world / 'labels.csv', ['id,name', '0,golf'])
    write_lines(world / 'train.txt', ['a.avi 0'])
    with pytest.raises(UserError, match='1 class cannot be split'):
        halves(world, 'out', '--train', world / 'train.txt')


@pytest.mark.parametrize(
    'flags', [('--shots', 0), ('--shots', 'x'), ('--add-suffix', 'avi')]
)
def test_wrong_flags_are_refused(world, flags, capsys):
    with pytest.raises(SystemExit) as caught:
        few_shot(world, 'out', *flags)
    assert caught.value.code == 2
    assert f"'{flags[1]}', expected" in capsys.readouterr().err


def test_a_file_is_no_folder_to_write_to(world):
    with pytest.raises(UserError, match='labels.csv is a file, expected a'):
        few_shot(world, 'labels.csv', '--shots', 1)


@pytest.mark.parametrize('text', ['{', '[1]', '{"a": 1}'])
def test_a_sidecar_of_something_else_is_refused(world, text):
    (world / 'out').mkdir()
    (world / 'out/splits.json').write_text(text)
    with pytest.raises(UserError, match='splits.json is not'):
        few_shot(world, 'out', '--shots', 1)
    assert len(list((world / 'out').iterdir())) == 1
