"""Videos that are in two lists."""

import pytest
from mmengine.dataset import BaseDataset, ConcatDataset, RepeatDataset

from vlprompt.datasets import count_overlap


class Listed(BaseDataset):
    def __init__(self, *paths):
        self.paths = paths
        super().__init__()

    def load_data_list(self):
        return [dict(filename=path, label=0) for path in self.paths]


@pytest.mark.parametrize(
    ('train', 'val', 'shared'),
    [
        (['train/a.mp4', 'train/b.mp4'], ['val/c.mp4', 'val/a.mp4'], ['a']),
        (['train/a.mp4'], ['val/b.mp4'], []),
        (['a.mp4', 'a.mp4', 'b.mp4'], ['b.mp4', 'b.mp4', 'a.mp4'], ['b', 'a']),
        # In these, a name says nothing, but a path does.
        (['run/1.mp4', 'jump/1.mp4'], ['run/1.mp4', 'sit/1.mp4'], ['1']),
        (['run/1.mp4'], ['sit/1.mp4', 'jump/1.mp4'], []),
        ([], ['a.mp4'], []),
    ],
)
def test_what_is_shared(train, val, shared):
    names = [f'{name}.mp4' for name in shared]
    expected = (len(shared), len(set(train)), len(set(val)), names)
    assert count_overlap(train, val) == expected
    if train:
        assert count_overlap(Listed(*train), Listed(*val)) == expected


def test_the_first_three_are_named():
    paths = [f'{i}.mp4' for i in range(9)]
    overlap = count_overlap(paths[2:], paths)
    assert overlap.shared == 7
    assert overlap.first == ['2.mp4', '3.mp4', '4.mp4']


def test_data_sets_inside_others():
    a, b, c = (Listed(f'{name}.mp4') for name in 'abc')
    train = ConcatDataset([a, b])
    assert count_overlap(train, ConcatDataset([b, c]))[:3] == (1, 2, 2)
    assert count_overlap(train, RepeatDataset(b, 3))[:3] == (1, 2, 1)
    assert count_overlap(object(), a).shared == 0


def test_published_lists(shared_data):
    """Of HMDB-51's test lists, the first alone fits the few-shot list."""
    splits = shared_data / 'vifi_clip/datasets_splits/hmdb_splits'

    def paths(name):
        lines = (splits / f'{name}.txt').read_text().splitlines()
        return [line.rsplit(' ', 1)[0] for line in lines]

    train = paths('train1_few_shot_16')
    assert count_overlap(train, paths('val1'))[:3] == (0, 816, 1530)
    second = set(train) & set(paths('val2'))
    assert len(second) > 100
    assert count_overlap(train, paths('val2')).shared == len(second)


def test_paths_in_other_spellings():
    train = ['a/0001.mp4', 'b/0001.mp4']
    assert count_overlap(train, ['./a/0001.mp4', 'c/0001.mp4']).shared == 1
