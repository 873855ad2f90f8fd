"""Which clips stay together, and which are held out."""

from collections import Counter

import pytest

from vlprompt.datasets.folders import FolderVideo, draw_split, find_sources_of
from vlprompt.errors import UserError

HELD = ['0/4.mp4', '0/7.mp4', '1/12.mp4']


def sources(folder, *names):
    videos = [FolderVideo(f'{folder}/{name}', 0) for name in names]
    return find_sources_of(videos, [folder])


@pytest.mark.parametrize(
    'names',
    [
        ('v_Archery_g01_c01.avi', 'v_Archery_g01_c02.avi'),
        (
            'April_09_brush_hair_u_nm_np1_ba_goo_0.avi',
            'April_09_brush_hair_f_cm_np2_ri_med_12.avi',
        ),
        ('abcDEF12_-x_000010_000020.mp4', 'abcDEF12_-x_000100_000110.mp4'),
        ('talk_t0-10.mp4', 'talk_t10-20.mp4', 'talk_00.01.30-00.02.00.mp4'),
        ('talk_part2.mp4', 'talk-Scene-001.mp4', 'talk pt 3.mp4'),
    ],
)
def test_clips_of_one_source(names):
    assert len(set(sources('brush_hair', *names))) == 1


def test_parts_with_numbers_are_of_one_source_if_there_are_several():
    first, second, other = sources(
        'yoga', 'joe_001.mp4', 'joe_2.mp4', 'a1x.mp4'
    )
    assert first == second != other
    assert len(set(sources('yoga', 'joe_001.mp4', 'joe_002.mp4'))) == 2


@pytest.mark.parametrize(
    'names',
    [
        ('IMG_0001.mp4', 'IMG_0002.mp4', 'joe.mp4'),
        ('yoga_001.mp4', 'yoga_002.mp4', 'joe.mp4'),
        ('0001.mp4', '0002.mp4', 'joe.mp4'),
        ('video (1).mp4', 'video (2).mp4', 'joe.mp4'),
    ],
)
def test_numbers_alone_are_no_source(names):
    assert len(set(sources('yoga', *names))) == len(names)


def test_folders_of_a_class_are_sources_across_classes():
    videos = [
        FolderVideo('yoga/joe/1.mp4', 0),
        FolderVideo('yoga/joe/2.mp4', 0),
        FolderVideo('yoga/ann/3.mp4', 0),
        FolderVideo('golf/joe/1.mp4', 1),
        FolderVideo('golf/mp4/2.mp4', 1),
    ]
    found = find_sources_of(videos, ['yoga', 'golf'])
    assert found[0] == found[1] == found[3] != found[2]


def test_a_split_is_the_same_everywhere():
    labels = [0] * 10 + [1] * 5
    names = [f'{label}/{i}.mp4' for i, label in enumerate(labels)]
    sides = draw_split(labels, names, 0.2, seed=0)
    held = [name for name, s in zip(names, sides, strict=True) if s == 'val']
    # The first of each class by SHA-256 of "0:name", as sha256sum says.
    assert held == HELD
    assert sides != draw_split(labels, names, 0.2, seed=1)


def test_groups_stay_on_one_side_and_classes_have_their_share():
    labels = [i % 7 for i in range(700)]
    groups = [f'g{i % 7}-{i // 28}' for i in range(700)]
    sides = draw_split(labels, groups, 0.3, seed=3)
    of_group = {}
    for group, side in zip(groups, sides, strict=True):
        assert of_group.setdefault(group, side) == side
    held = Counter(
        label for label, s in zip(labels, sides, strict=True) if s == 'val'
    )
    assert all(28 <= held[label] <= 32 for label in range(7))


def test_groups_across_classes_leave_each_something_to_learn():
    labels = [0, 1, 0, 1, 0, 1, 2]
    groups = ['a', 'a', 'b', 'b', 'c', 'c', 'd']
    sides = draw_split(labels, groups, 0.5)
    for label in range(3):
        of_class = [
            s for k, s in zip(labels, sides, strict=True) if k == label
        ]
        assert 'train' in of_class
    assert sides[-1] == 'train'
    assert 'val' in sides


def test_nothing_to_hold_out():
    with pytest.raises(UserError, match='nothing can be held out'):
        draw_split([0, 1], ['a', 'b'])
    with pytest.raises(UserError, match='a share of 1.5'):
        draw_split([0, 0], ['a', 'b'], share=1.5)


def test_videos_of_a_list_need_no_folder_of_their_class():
    videos = [
        FolderVideo('videos/joe_part1.mp4', 0),
        FolderVideo('videos/joe_part2.mp4', 0),
        FolderVideo('/data/ann_part1.mp4', 1),
    ]
    assert find_sources_of(videos, ['yoga', 'golf']) == ['joe', 'joe', 'ann']
