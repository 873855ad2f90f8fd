"""Files of a list, whatever the folders on this disk are called."""

import os

import pytest

from vlprompt.datasets import PathResolver
from vlprompt.datasets.lists import path_resolver as module
from vlprompt.datasets.lists.video_files import find_video_files
from vlprompt.errors import UserError


@pytest.fixture(autouse=True)
def _no_index():
    module.index_folder.cache_clear()


def touch(root, *paths):
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).touch()


def resolve(root, *paths):
    return PathResolver(root).resolve(paths)


def relative(root, files):
    return [os.path.relpath(file, root) for file in files]


@pytest.mark.parametrize(
    ('disk', 'listed'),
    [
        ('Archery/v_Archery_g01_c01.avi', 'v_Archery_g01_c01.avi'),
        ('v_Archery_g01_c01.avi', 'Archery/v_Archery_g01_c01.avi'),
        ('test/-aNccq2jvUA_000055_000065.mp4',) * 2,
        ('test/-aNccq2jvUA_000055_000065.mp4',
         'train/-aNccq2jvUA_000055_000065.mp4'),
        ('a/b/c/clip 2.mp4', 'clip 2.mp4'),
    ],
)  # fmt: skip
def test_a_video_is_found_at_its_path_or_by_its_name(tmp_path, disk, listed):
    touch(tmp_path, disk, 'other.mp4', 'x/other.avi')
    found = resolve(tmp_path, listed)
    assert relative(tmp_path, found.files) == [disk]
    assert (found.missing, found.ambiguous) == ([], {})
    assert list(found.moved) == ([] if disk == listed else [listed])


def test_files_are_in_the_order_of_the_list(tmp_path):
    touch(tmp_path, 'a/1.mp4', '2.mp4', 'b/3.mp4')
    listed = ['3.mp4', 'gone.mp4', 'a/1.mp4', '2.mp4', '3.mp4']
    found = resolve(tmp_path, *listed)
    expected = ['b/3.mp4', 'gone.mp4', 'a/1.mp4', '2.mp4', 'b/3.mp4']
    assert relative(tmp_path, found.files) == expected
    assert found.missing == ['gone.mp4']


def test_two_files_of_a_name_matter_only_if_it_is_needed(tmp_path):
    touch(tmp_path, 'a/1.mp4', 'b/1.mp4', 'b/2.mp4')
    assert not resolve(tmp_path, '2.mp4', 'a/1.mp4').ambiguous
    found = resolve(tmp_path, '2.mp4', '1.mp4')
    (files,) = found.ambiguous.values()
    assert relative(tmp_path, files) == ['a/1.mp4', 'b/1.mp4']
    with pytest.raises(UserError, match=r'1.mp4 of l.txt .*a/1.mp4 or .*b/1'):
        find_video_files(tmp_path, ['2.mp4', '1.mp4'], 'l.txt')


def test_a_name_that_the_list_uses_twice_tells_nothing(tmp_path):
    """Otherwise a missing clip would silently be one of another class."""
    touch(tmp_path, 'jump/001.mp4')
    found = resolve(tmp_path, 'jump/001.mp4', 'run/001.mp4')
    assert found.missing == ['run/001.mp4']


def test_links(tmp_path):
    """To folders, to a folder above, to files, and to nothing."""
    touch(tmp_path, 'elsewhere/a/1.mp4')
    root = tmp_path / 'root'
    root.mkdir()
    (root / 'class').symlink_to(tmp_path / 'elsewhere/a')
    (root / 'up').symlink_to(root)
    (root / 'same.mp4').symlink_to(tmp_path / 'elsewhere/a/1.mp4')
    (root / 'class/2.mp4').symlink_to('/nowhere')
    found = resolve(root, 'x/1.mp4', 'same.mp4', 'x/3.mp4')
    assert relative(root, found.files)[0] == 'class/1.mp4'
    assert found.missing == ['x/3.mp4']
    (root / '1.mp4').symlink_to(tmp_path / 'elsewhere/a/1.mp4')
    module.index_folder.cache_clear()
    assert not resolve(root, 'x/1.mp4').ambiguous


def test_nothing_is_searched_if_nothing_is_missing(tmp_path, monkeypatch):
    """And no video is looked at by itself."""
    listed = [f'{i % 3}/{i}.mp4' for i in range(90)]
    touch(tmp_path, *listed)
    calls = []
    real = os.listdir
    spy = lambda path: calls.append(path) or real(path)  # noqa: E731
    monkeypatch.setattr(os, 'listdir', spy)
    monkeypatch.setattr(module, 'index_folder', None)
    monkeypatch.setattr(os.path, 'exists', None)
    assert resolve(tmp_path, *listed).missing == []
    assert len(calls) == 3


def test_the_folder_is_searched_once(tmp_path, monkeypatch):
    touch(tmp_path, 'a/1.mp4', 'a/2.mp4', 'b/3.mp4')
    calls = []
    real = os.scandir
    spy = lambda path: calls.append(path) or real(path)  # noqa: E731
    monkeypatch.setattr(os, 'scandir', spy)
    assert resolve(tmp_path, '1.mp4', '2.mp4').missing == []
    assert resolve(tmp_path, '3.mp4').missing == []
    assert len(calls) == 3  # the root and its two folders


def test_each_folder_is_read_once_however_it_is_linked(tmp_path, monkeypatch):
    touch(tmp_path, 'a/1.mp4')
    (tmp_path / 'a/up').symlink_to(tmp_path)
    (tmp_path / 'b').symlink_to(tmp_path / 'a')
    calls = []
    real = os.scandir
    spy = lambda path: calls.append(path) or real(path)  # noqa: E731
    monkeypatch.setattr(os, 'scandir', spy)
    index = module.index_folder(str(tmp_path), ('.mp4',))
    assert index == {'1.mp4': (str(tmp_path / 'a/1.mp4'),)}
    assert len(calls) == 2


def test_a_relative_root_follows_the_directory(tmp_path, monkeypatch):
    touch(tmp_path, 'p/data/a/1.mp4', 'q/data/b/1.mp4')
    for folder, expected in (('p', 'a/1.mp4'), ('q', 'b/1.mp4')):
        monkeypatch.chdir(tmp_path / folder)
        assert relative('data', resolve('data', '1.mp4').files) == [expected]


def test_a_folder_of_too_many_files_is_not_searched(tmp_path, monkeypatch):
    monkeypatch.setattr(module, 'MAX_ENTRIES', 3)
    touch(tmp_path, 'a/1.mp4', 'a/2.mp4', 'a/3.mp4')
    assert resolve(tmp_path, '1.mp4').missing == ['1.mp4']


def test_none_of_the_first_videos_is_an_error(tmp_path):
    touch(tmp_path, 'a/51.mp4')
    listed = [f'{i}.mp4' for i in range(1, 52)]
    with pytest.raises(
        UserError, match=r'none of the first .* as 1.mp4 .*page'
    ):
        find_video_files(tmp_path, listed, 'l.txt', 'page')
    with pytest.raises(UserError, match='no folder of videos at'):
        find_video_files(tmp_path / 'b', listed, 'l.txt')
    assert len(find_video_files(tmp_path, listed[1:], 'l.txt')) == 50


def test_missing_videos_are_one_line(tmp_path, logged):
    touch(tmp_path, 'a/1.mp4')
    listed = ['1.mp4', *(f'{i}.mp4' for i in range(2, 7)), '2.mp4']
    find_video_files(tmp_path, listed, 'l.txt')
    moved, missing = logged
    assert moved.startswith('INFO 1 of the 6 videos of l.txt were found by')
    assert moved.endswith(f'1.mp4 at {tmp_path}/a/1.mp4')
    assert missing == (
        f'WARNING 5 of the 6 videos of l.txt are missing below {tmp_path}: '
        '2.mp4, 3.mp4, 4.mp4, ...'
    )


def test_the_published_lists_on_the_layout_of_the_archives(
    shared_data, tmp_path
):
    """UCF101 in class folders, and Kinetics-600 in one folder."""
    splits = shared_data / 'vifi_clip/datasets_splits'
    for file, place in (
        ('ucf_splits/val1.txt', lambda p: f'{p.split("_")[1]}/{p}'),
        ('k600_splits/ZS_split1_K600_eval.txt', os.path.basename),
    ):
        lines = (splits / file).read_text().splitlines()[::40]
        listed = [line.split()[0] for line in lines]
        root = tmp_path / file
        touch(root, *map(place, listed))
        found = PathResolver(root).resolve(listed)
        assert relative(root, found.files) == list(map(place, listed))


NFC, NFD = 'caf\u00e9', 'cafe\u0301'


@pytest.mark.parametrize(
    ('disk', 'listed'),
    [
        ('UPPER.MP4', 'UPPER.mp4'),
        ('a/clip.mp4', 'a/clip.MP4'),
        (f'{NFD}.mp4', f'{NFC}.mp4'),
        (f'{NFC}/{NFC}.mp4', f'{NFD}/{NFD}.mp4'),
        (f'{NFD}/1.AVI', f'{NFC}/1.avi'),
        (f'elsewhere/{NFD}.AVI', f'{NFC}.avi'),
        ('a/no_suffix.mp4', 'a/no_suffix'),
        ('a/no_suffix', 'a/no_suffix'),
    ],
)
def test_names_that_are_written_otherwise(tmp_path, disk, listed):
    touch(tmp_path, disk, 'a/other.mp4')
    found = resolve(tmp_path, listed)
    assert relative(tmp_path, found.files) == [disk]
    assert (found.missing, found.ambiguous) == ([], {})
    assert list(found.moved) == ([] if disk == listed else [listed])


def test_names_that_differ_only_so_are_not_mixed_up(tmp_path):
    """Each is its own file, and what there is not is missing."""
    touch(tmp_path, 'a.MP4', f'{NFC}.mp4', f'{NFD}.mp4', 'b.mp4', 'b.MP4')
    listed = ['a.MP4', 'a.mp4', f'{NFC}.mp4', f'{NFD}.mp4', 'b.Mp4']
    found = resolve(tmp_path, *listed)
    assert found.missing == ['a.mp4']
    assert relative(tmp_path, found.files)[2:4] == listed[2:4]
    assert list(found.ambiguous) == ['b.Mp4']
