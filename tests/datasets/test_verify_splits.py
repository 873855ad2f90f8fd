"""What `make_splits.py verify` finds in folders that were changed."""

import hashlib
import re

import pytest
from splits_tool import (
    lines,
    run,
    videos,
    write_lines,
    write_world,
)

from vlprompt.errors import UserError


@pytest.fixture
def world(tmp_path, monkeypatch):
    monkeypatch.setenv('COLUMNS', '300')
    write_world(tmp_path)
    labels, out = ('--labels', tmp_path / 'labels.csv'), tmp_path / 'out'
    train = ('--train', tmp_path / 'train.txt')
    val = ('--val', tmp_path / 'val.txt')
    run('few-shot', *labels, *train, '--shots', 2, 3, '--out', out)
    run('base-to-novel', *labels, *train, *val, '--shots', 2, '--out', out)
    run('subset', *labels, *train, '--per-class', 2, '--out', out)
    return tmp_path


def verify(world, *flags, names=('train', 'val')) -> int:
    """Its exit code."""
    files = [(f'--{name}', world / f'{name}.txt') for name in names]
    files = [part for pair in files for part in pair]
    labels = ('--labels', world / 'labels.csv')
    try:
        run('verify', *labels, *files, '--splits', world / 'out', *flags)
    except SystemExit as end:
        return end.code
    return 0


def failures(capsys) -> dict[tuple[str, str], str]:
    """File and check of every failed line of the table, and the reason."""
    rows = [
        [cell.strip() for cell in line.split('│')[1:-1]]
        for line in capsys.readouterr().out.splitlines()
        if '│' in line
    ]
    return {(row[0], row[1]): row[3] for row in rows if row[2] == 'FAILED'}


def test_what_was_made_passes(world, capsys):
    capsys.readouterr()
    assert verify(world) == 0
    out = capsys.readouterr().out
    assert 'not checked' not in out
    # 4 of the labels, 4 of each of 3 lists, 2 of the val lists together,
    # 5 of each of 6 draws.
    assert re.search(r'\b48 checks, 0 failed', out)


def test_without_lists_most_is_not_checked(world, capsys):
    capsys.readouterr()
    assert verify(world, names=()) == 0
    out = capsys.readouterr().out
    assert out.count('needs --train or --counts') == 8
    assert out.count('needs --val') == 3
    assert verify(world, names=('train',)) == 0
    assert 'needs --val' in capsys.readouterr().out


def change(path, old, new):
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


@pytest.mark.parametrize(
    ('file', 'old', 'new', 'check', 'reason'),
    [
        ('base_train.txt', 'train/golf_0.avi 0\n', '',
         'the videos of the rule', "'train/golf_0.avi' is missing"),
        ('base_val.txt', 'val/golf_0', 'val/golf_7',
         'the videos of the rule', "'val/golf_0.avi' is missing (and 1 more)"),
        ('base_val.txt', 'val/golf_0', 'val/golf_7',
         'the order of the rule', "line 1 is 'val/golf_7.avi'"),
        ('novel_val.txt', 'hug_0.avi 0', 'hug_0.avi 1',
         'the ids of the rule', "'val/hug_0.avi' has id 1, expected 0"),
        ('novel_val.txt', 'hug_0.avi 0', 'hug_0.avi 2',
         '"path label", ids 0 to 1, no video twice', 'label 2, but'),
        ('novel_val.txt', 'hug_0', 'run_0',
         '"path label", ids 0 to 1, no video twice', 'lines 1 and 2'),
        ('base_labels.csv', '0,golf', '0,run',
         'the classes of the rule, in order', "id 0 is 'run', expected"),
        ('base_labels.csv', '0,golf', '1,golf', 'id,name', 'line 3'),
        ('novel_labels.csv', '1,run\n', '',
         'the classes of the rule, in order', '1 classes, expected 2'),
    ],
)  # fmt: skip
def test_changed_halves_fail(world, capsys, file, old, new, check, reason):
    change(world / 'out' / file, old, new)
    capsys.readouterr()
    assert verify(world) == 1
    assert reason in failures(capsys)[file, check]


DRAWN = {
    'train1_few_shot_3.txt': (3, 'independent'),
    'train_subset_2.txt': (2, 'nested'),
    'fs_base_s1_train.txt': (2, 'independent'),
}


@pytest.mark.parametrize('file', DRAWN)
@pytest.mark.parametrize(
    ('changed', 'failed'),
    [
        ('{others}', {'number', 'again'}),
        ('{others}{golf} 0\n', {'again'}),
        ('val/golf_0.avi 0\n{others}', {'apart', 'part', 'again'}),
        ('other.avi 0\n{others}', {'part', 'again'}),
        ('{golf} 1\n{others}', {'number', 'part', 'again'}),
    ],
)
def test_changed_draws_fail(world, capsys, file, changed, failed):
    shots, kind = DRAWN[file]
    rules = dict(
        number=f'{shots} videos of each class',
        apart='no test video',
        part='training videos with their ids',
        again=f'drawn again, {kind}, seed 1',
    )
    path = world / 'out' / file
    golf, others = path.read_text().split(' 0\n', 1)
    path.write_text(changed.format(golf=golf, others=others))
    capsys.readouterr()
    assert verify(world) == 1
    assert set(failures(capsys)) == {(file, rules[name]) for name in failed}


def test_an_id_out_of_range_fails(world, capsys):
    change(world / 'out/train1_few_shot_2.txt', ' 0\n', ' 4\n')
    capsys.readouterr()
    assert verify(world) == 1
    ((name, reason),) = failures(capsys).items()
    assert name[1] == '"path label", ids 0 to 3, no video twice'
    assert 'line 1: label 4' in reason


def test_classes_in_both_halves_fail(world, capsys):
    change(world / 'out/novel_labels.csv', '0,hug', '0,golf')
    capsys.readouterr()
    assert verify(world) == 1
    names = 'base_labels.csv, novel_labels.csv'
    found = failures(capsys)
    assert found[names, 'no class in both'] == 'golf'
    assert found[names, 'all classes together'] == 'hug'


def test_test_videos_in_both_halves_or_in_none_fail(world, capsys):
    change(world / 'out/novel_val.txt', 'hug_0', 'golf_0')
    capsys.readouterr()
    assert verify(world) == 1
    names = 'base_val.txt, novel_val.txt'
    found = failures(capsys)
    assert found[names, 'no video in both'] == 'val/golf_0.avi'
    assert found[names, 'all test videos together'] == 'val/hug_0.avi'


def test_order_counts_unless_it_is_not_asked_for(world):
    path = world / 'out/base_train.txt'
    write_lines(path, sorted(lines(path)))
    assert verify(world) == 1
    assert verify(world, '--any-order') == 0


def test_fewer_videos_pass_only_where_they_are_allowed(world):
    labels = ('--labels', world / 'labels.csv')
    train = ('--train', world / 'train.txt', '--out', world / 'out')
    run('few-shot', *labels, *train, '--shots', 5, '--allow-fewer')
    assert verify(world) == 1
    assert verify(world, '--allow-fewer') == 0


def test_draws_of_others_are_not_drawn_again(world, capsys):
    (world / 'out/splits.json').unlink()
    capsys.readouterr()
    assert verify(world, '--shots', 2) == 0
    assert capsys.readouterr().out.count('no entry in splits.json') == 6
    assert verify(world) == 1
    assert len(failures(capsys)) == 3  # 16 of each class expected


def test_class_lists_may_lie_elsewhere(world):
    for half in ('base', 'novel'):
        file = world / f'out/{half}_labels.csv'
        file.rename(world / f'{half}.csv')
    base = ('--base-labels', world / 'base.csv')
    assert verify(world, *base, '--novel-labels', world / 'novel.csv') == 0
    assert verify(world, *base, '--novel-labels', world / 'base.csv') == 1


def test_other_lists_than_those_it_was_made_from_fail(world):
    write_lines(world / 'train.txt', videos('train', (5, 3, 6, 6)))
    assert verify(world) == 1


def test_names_that_look_like_marks_are_printed(world, capsys):
    change(world / 'out/base_val.txt', 'golf_0', '[red]golf:x:[/i]')
    capsys.readouterr()
    assert verify(world) == 1
    assert '[red]golf:x:[/i]' in capsys.readouterr().out


def test_folders_without_splits_are_refused(world):
    (world / 'out').rename(world / 'moved')
    with pytest.raises(UserError, match='no folder of splits at .*out'):
        verify(world)
    (world / 'out').mkdir()
    with pytest.raises(UserError, match='has no file of a split, expected'):
        verify(world)


def zero_shot(folder, *flags):
    names = ['air', 'dance', 'golf', 'hug', 'run', 'waking up']
    write_lines(folder / 'k600.txt', names)
    write_lines(folder / 'k400.txt', ['golf', 'baby waking up'])
    val = [f'{name}.mp4 {i}' for i, name in enumerate(names)]
    write_lines(folder / 'k600_val.txt', reversed(val))
    return (
        '--labels', folder / 'k600.txt', '--trained-on', folder / 'k400.txt',
        '--val', folder / 'k600_val.txt', *flags,
    )  # fmt: skip


def test_zero_shot_by_hand(tmp_path):
    """Golf is known, waking up as well, under another name."""
    out = tmp_path / 'out'
    flags = zero_shot(tmp_path, '--out', out, '--classes', 2, '--seeds', 5, 6)
    run('zero-shot-k600', *flags)
    names = ['air', 'dance', 'hug', 'run']
    expected = [f'{i},{name}' for i, name in enumerate(names)]
    assert lines(out / 'zero_shot_labels.csv') == ['id,name', *expected]
    for seed in (5, 6):
        keys = [hashlib.sha256(f'{seed}:{n}'.encode()).digest() for n in names]
        chosen = [n for k, n in sorted(zip(keys, names, strict=True))][:2]
        drawn = sorted(chosen)
        rows = lines(out / f'zero_shot_s{seed}_labels.csv')[1:]
        assert rows == [f'0,{drawn[0]}', f'1,{drawn[1]}']
        videos = lines(out / f'zero_shot_s{seed}_val.txt')
        assert videos == [f'{drawn[1]}.mp4 1', f'{drawn[0]}.mp4 0']


def test_more_classes_than_there_are_cannot_be_drawn(tmp_path):
    flags = zero_shot(tmp_path, '--out', tmp_path / 'out', '--classes', 5)
    with pytest.raises(UserError, match='5 classes cannot .* 4 new'):
        run('zero-shot-k600', *flags)


@pytest.mark.parametrize(
    ('file', 'old', 'new', 'failed'),
    [
        ('zero_shot_labels.csv', '0,air', '0,golf', 'the classes of the'),
        ('zero_shot_s1_labels.csv', '0,', '0,golf', 'new classes'),
        ('zero_shot_s1_labels.csv', '0,', '1,', 'id,name'),
        ('zero_shot_s1_val.txt', ' 0', ' 1', 'the ids of the rule'),
        ('zero_shot_s1_val.txt', ' 0', ' 2', '"path label", ids 0 to 1'),
    ],
)
def test_changed_zero_shot_splits_fail(
    tmp_path, capsys, monkeypatch, file, old, new, failed
):
    monkeypatch.setenv('COLUMNS', '300')
    out = tmp_path / 'out'
    flags = zero_shot(tmp_path)
    run('zero-shot-k600', *flags, '--out', out, '--classes', 2, '--seeds', 1)
    run('verify', *flags, '--splits', out)
    change(out / file, old, new)
    capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        run('verify', *flags, '--splits', out)
    assert caught.value.code == 1
    found = [rule for name, rule in failures(capsys) if name == file]
    assert any(rule.startswith(failed) for rule in found)
