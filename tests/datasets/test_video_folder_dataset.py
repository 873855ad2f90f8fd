"""A folder as a data set: classes, parts, the split of the command."""

import json

import pytest
from videos import write_video

from vlprompt.datasets import VideoFolderDataset, class_names_of
from vlprompt.errors import UserError
from vlprompt.registry import DATASETS
from vlprompt.utils import register_all_modules

PIPELINE = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=4, mode='random'),
    dict(type='VideoDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]
CLASSES = ('tai_chi', 'Yoga')


@pytest.fixture
def root(tmp_path):
    register_all_modules()
    for name in CLASSES:
        for i in range(5):
            write_video(tmp_path / f'{name}/{i}.mp4', num_frames=6)
    return tmp_path


def build(root, **options):
    config = dict(
        type='VideoFolderDataset', folder=str(root), pipeline=PIPELINE
    )
    return DATASETS.build(config | options)


def files(dataset):
    return [dataset.get_data_info(i)['filename'] for i in range(len(dataset))]


def test_classes_are_the_folders_in_words(root):
    dataset = build(root)
    assert isinstance(dataset, VideoFolderDataset)
    assert dataset.metainfo['classes'] == ('Yoga', 'tai chi')
    assert len(dataset) == 10
    assert dataset.get_data_info(9)['label'] == 1
    assert dataset[0]['inputs'].shape == (1, 3, 4, 48, 64)
    assert class_names_of(dict(folder=str(root))) == ('Yoga', 'tai chi')


def test_parts_share_nothing(root):
    train, val = (build(root, part=part) for part in ('train', 'val'))
    assert (len(train), len(val)) == (8, 2)
    assert {val.get_data_info(i)['label'] for i in range(2)} == {0, 1}
    assert sorted(files(train) + files(val)) == sorted(files(build(root)))


def test_a_folder_that_is_divided_stays_so(root):
    for name in CLASSES:
        for i, side in enumerate(('train', 'train', 'val')):
            target = root / side / name
            target.mkdir(parents=True, exist_ok=True)
            (root / name / f'{i}.mp4').rename(target / f'{i}.mp4')
    for name in CLASSES:
        for left in (3, 4):
            (root / name / f'{left}.mp4').unlink()
    assert len(build(root, part='train')) == 4
    assert all('/val/' in file for file in files(build(root, part='val')))


def test_the_split_of_the_command(root):
    split = root / 'split.json'
    videos = {'Yoga/0.mp4': dict(side='val'), 'Yoga/1.mp4': dict(side='train')}
    split.write_text(json.dumps(dict(videos=videos)))
    dataset = build(root, part='val', split=str(split))
    assert files(dataset) == [str(root / 'Yoga/0.mp4')]
    split.write_text(json.dumps(dict(videos={})))
    with pytest.raises(UserError, match="no videos of this folder in 'val'"):
        build(root, part='val', split=str(split))
    split.write_text('[')
    with pytest.raises(UserError, match='expected the split.json'):
        build(root, part='val', split=str(split))


def test_a_part_that_is_none(root):
    with pytest.raises(UserError, match="part='test', expected one of"):
        build(root, part='test')
