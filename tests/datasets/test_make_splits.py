"""Draws and halves of a world of 18 videos."""

import hashlib
import json
import random
from collections import Counter

import pytest
from splits_tool import (
    NAMES,
    TRAIN,
    VAL,
    both_lists,
    content,
    few_shot,
    halves,
    lines,
    run,
    videos,
    write_lines,
    write_world,
)

from vlprompt.errors import UserError


@pytest.fixture
def world(tmp_path):
    write_world(tmp_path)
    return tmp_path


def drawn_by_hand(key: str, shots: int) -> list[str]:
    """Every class's videos by the SHA-256 of a key, without the tool."""
    drawn = []
    for label in range(len(NAMES)):
        paths = [
            line.split()[0]
            for line in videos('train', TRAIN)
            if line.endswith(f' {label}')
        ]
        keys = {
            path: hashlib.sha256(
                key.format(label=label, shots=shots, path=path).encode()
            ).hexdigest()
            for path in paths
        }
        paths = sorted(paths, key=keys.get)[:shots]
        drawn += [f'{path} {label}' for path in paths]
    return drawn


@pytest.mark.parametrize('shots', [1, 2, 3])
@pytest.mark.parametrize(
    ('flags', 'name', 'key'),
    [
        ((), '', '1:{label}:{shots}:{path}'),
        (('--seed', 2), '_s2', '2:{label}:{shots}:{path}'),
        (('--nested',), '', '1:{label}:{path}'),
    ],
)
def test_few_shot_draws_are_those_of_the_key(world, shots, flags, name, key):
    out = few_shot(world, 'out', '--shots', 1, 2, 3, *flags)
    found = lines(out / f'train1_few_shot_{shots}{name}.txt')
    assert found == drawn_by_hand(key, shots)
    counts = Counter(line.split()[1] for line in found)
    assert counts == {str(label): shots for label in range(4)}
    assert set(found) <= set(videos('train', TRAIN))


def test_nested_draws_begin_with_smaller_ones(world):
    out = few_shot(world, 'nested', '--shots', 1, 2, 3, '--nested')
    one, two, three = (
        set(lines(out / f'train1_few_shot_{k}.txt')) for k in (1, 2, 3)
    )
    assert one < two < three
    out = few_shot(world, 'independent', '--shots', 1, 2, 3)
    one, two, three = (
        set(lines(out / f'train1_few_shot_{k}.txt')) for k in (1, 2, 3)
    )
    assert not one < two < three


@pytest.mark.parametrize('flags', [(), ('--nested',)])
def test_draws_do_not_depend_on_the_order_of_lines(world, flags):
    shuffled = videos('train', TRAIN)
    random.Random(0).shuffle(shuffled)
    write_lines(world / 'shuffled.txt', shuffled)
    flags = ('--shots', 2, 3, *flags)
    expected = content(few_shot(world, 'a', *flags))
    assert content(few_shot(world, 'again', *flags)) == expected
    found = content(few_shot(world, 'b', *flags, train='shuffled.txt'))
    del found['splits.json'], expected['splits.json']
    assert found == expected


def test_draws_of_a_class_do_not_depend_on_others(world):
    alone = [v for v in videos('train', TRAIN) if not v.endswith(' 3')]
    write_lines(world / 'other.txt', [*alone, 'x.avi 3', 'y.avi 3'])
    first = lines(few_shot(world, 'a', '--shots', 2) / 'train1_few_shot_2.txt')
    out = few_shot(world, 'b', '--shots', 2, train='other.txt')
    other = lines(out / 'train1_few_shot_2.txt')
    assert first[:6] == other[:6]
    assert sorted(other[6:]) == ['x.avi 3', 'y.avi 3']


def test_classes_with_fewer_videos_can_be_allowed(world):
    out = few_shot(world, 'out', '--shots', 5, '--allow-fewer')
    counts = Counter(line[-1] for line in lines(out / 'train1_few_shot_5.txt'))
    assert counts == {'0': 5, '1': 3, '2': 5, '3': 4}


def test_subset_contains_smaller_ones_and_nested_shots(world):
    files = ('--train', world / 'train.txt', '--labels', world / 'labels.csv')
    for number in (2, 3):
        flags = ('--per-class', number, '--out', world / 'out')
        run('subset', *files, *flags)
    out = few_shot(world, 'out', '--shots', 2, '--nested')
    small, large = (
        lines(out / f'train_subset_{number}.txt') for number in (2, 3)
    )
    assert len(large) == 12
    assert set(small) < set(large)
    assert small == lines(out / 'train1_few_shot_2.txt')


def test_halves_by_hand(world):
    """Sorted by count: hug 3, run 4 | golf 5, kiss 6."""
    out = halves(world, 'out', *both_lists(world))
    assert (out / 'base_labels.csv').read_bytes() == (
        b'id,name\n0,golf\n1,"kiss, twice"\n'
    )
    assert (out / 'novel_labels.csv').read_bytes() == (
        b'id,name\n0,hug\n1,run\n'
    )
    assert lines(out / 'base_val.txt') == [
        'val/golf_0.avi 0',
        'val/kiss_0.avi 1',
        'val/golf_1.avi 0',
        'val/kiss_1.avi 1',
    ]
    assert lines(out / 'novel_val.txt') == [
        'val/hug_0.avi 0',
        'val/run_0.avi 1',
    ]
    base = [v for v in videos('train', TRAIN) if v[-1] in '02']
    assert lines(out / 'base_train.txt') == [
        v.replace(' 2', ' 1') for v in base
    ]
    by_hand = [
        v.replace(' 2', ' 1')
        for v in drawn_by_hand('3:{label}:{shots}:{path}', 2)
        if v[-1] in '02'
    ]
    assert lines(out / 'fs_base_s3_train.txt') == by_hand
    draws = {(out / f'fs_base_s{i}_train.txt').read_bytes() for i in (1, 2, 3)}
    assert len(draws) == 3


def test_no_tie_no_warning(world, capsys):
    halves(world, 'out', *both_lists(world))
    assert capsys.readouterr().err == ''


@pytest.mark.parametrize(
    ('counts', 'base', 'message'),
    [
        ((4, 4, 6, 4), ['run', 'kiss, twice'], '3 classes have 4 training'),
        ((4, 4, 4, 4), ['kiss, twice', 'run'], 'all 4 classes have 4'),
    ],
)
def test_ties_are_split_by_class_order_with_a_warning(
    world, capsys, counts, base, message
):
    write_lines(world / 'train.txt', videos('train', counts))
    out = halves(world, 'out', *both_lists(world))
    rows = [line.split(',', 1)[1] for line in lines(out / 'base_labels.csv')]
    assert [row.strip('"') for row in rows[1:]] == base
    warning = capsys.readouterr().err
    assert warning.startswith(f'warning: {message}')
    assert 'by class order, not by frequency' in warning
    entry = json.loads((out / 'splits.json').read_text())['base_labels.csv']
    assert (entry['threshold'], entry['tied']) == (4, True)


def test_of_five_classes_three_are_base(world):
    write_lines(world / 'labels.txt', 'abcde')
    rows = [f'{label},{4 - label}' for label in (4, 2, 3, 0, 1)]
    write_lines(world / 'counts.csv', ['id,count', *rows])
    out = world / 'out'
    flags = ('--counts', world / 'counts.csv', '--out', out)
    run('base-to-novel', '--labels', world / 'labels.txt', *flags)
    assert lines(out / 'novel_labels.csv') == ['id,name', '0,e', '1,d']
    assert lines(out / 'base_labels.csv') == ['id,name', '0,c', '1,b', '2,a']
    assert len(list(out.iterdir())) == 3


def test_counts_go_before_the_training_list(world):
    rows = ['0,golf,1', '1,hug,9', '3,run,8', '2,"kiss, twice",2']
    write_lines(world / 'counts.csv', ['id,name,train_count', *rows])
    flags = ('--counts', world / 'counts.csv', *both_lists(world))
    out = halves(world, 'out', *flags)
    assert lines(out / 'base_labels.csv') == ['id,name', '0,run', '1,hug']
    assert len(lines(out / 'base_train.txt')) == TRAIN[1] + TRAIN[3]


def test_the_sidecar_says_what_was_made_from_what(world):
    few_shot(world, 'out', '--shots', 2, 3, '--seed', 7)
    out = halves(world, 'out', *both_lists(world))
    sidecar = json.loads((out / 'splits.json').read_text())
    assert {*sidecar, 'splits.json'} == {path.name for path in out.iterdir()}
    entry = sidecar['train1_few_shot_3_s7.txt']
    digest = hashlib.sha256((world / 'train.txt').read_bytes()).hexdigest()
    assert entry['command'] == 'few-shot'
    assert entry['inputs']['train'] == dict(file='train.txt', sha256=digest)
    assert set(entry['inputs']) == {'train', 'labels'}
    assert (entry['seed'], entry['shots'], entry['draw']) == (
        7, 3, 'independent',
    )  # fmt: skip
    assert entry['counts'] == dict(videos=12, classes=4, fewest=3, most=3)
    assert sidecar['novel_val.txt']['counts']['videos'] == VAL[1] + VAL[3]
    assert str(world) not in (out / 'splits.json').read_text()


def test_uniformer_lists_and_lists_without_suffix(world):
    train = [line.replace('.avi', ' 77') for line in videos('train', TRAIN)]
    write_lines(world / 'train.txt', train)
    val = [line.replace('.avi', '') for line in videos('val', VAL)]
    val[0] = 'val/golf_0.avi 0'
    write_lines(world / 'val.txt', val)
    flags = (*both_lists(world), '--add-suffix', '.avi')
    found = content(halves(world, 'a', *flags))
    write_world(world)
    expected = content(halves(world, 'b', *both_lists(world)))
    del found['splits.json'], expected['splits.json']
    assert found == expected


def test_commas_windows_line_ends_and_base_names(world):
    text = '\r\n\r\n'.join(videos('train', TRAIN)).replace(' ', ',')
    (world / 'train.txt').write_bytes(text.encode())
    flags = ('--train', world / 'train.txt', '--shots', 2, '--base-names')
    base = lines(halves(world, 'out', *flags) / 'base_train.txt')
    assert base[:2] == ['golf_0.avi 0', 'kiss_0.avi 1']


def test_other_files_are_not_replaced(world):
    out = few_shot(world, 'out', '--shots', 2)
    few_shot(world, 'out', '--shots', 2)
    file = write_lines(out / 'train1_few_shot_2.txt', ['mine.avi 0'])
    with pytest.raises(UserError, match=r'_2.txt is there with another'):
        few_shot(world, 'out', '--shots', 2, 3)
    assert lines(file) == ['mine.avi 0']
    assert not (out / 'train1_few_shot_3.txt').exists()
    few_shot(world, 'out', '--shots', 2, '--force')
    assert len(lines(file)) == 8
