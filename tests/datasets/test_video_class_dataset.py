"""The data set: random streams, broken videos, errors."""

import pytest
import torch
from torch.utils.data import DataLoader
from videos import write_video

from vlprompt.datasets import VideoClassDataset
from vlprompt.errors import UserError
from vlprompt.utils import register_all_modules

PIPELINE = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=4, mode='random'),
    dict(type='VideoDecode'),
    dict(type='ClipColorJitter', p=0.5),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]


@pytest.fixture
def root(tmp_path):
    register_all_modules()
    for i in range(6):
        write_video(tmp_path / f'videos/v{i}.mp4')
    lines = [f'v{i}.mp4 {i % 2}' for i in range(6)]
    (tmp_path / 'list.txt').write_text('\n'.join(lines))
    return tmp_path


def build(root, **kwargs):
    kwargs = (
        dict(
            ann_file=str(root / 'list.txt'),
            pipeline=PIPELINE,
            classes=['yoga', 'tai chi'],
            data_prefix=dict(video=str(root / 'videos')),
        )
        | kwargs
    )
    return VideoClassDataset(**kwargs)


def load(dataset, workers):
    loader = DataLoader(
        dataset, batch_size=1, num_workers=workers, collate_fn=lambda x: x[0]
    )
    return list(loader)


def inputs(dataset, workers):
    return [sample['inputs'] for sample in load(dataset, workers)]


def test_samples_depend_on_seed_epoch_and_index_alone(root):
    dataset = build(root)
    dataset.epoch = 0
    alone, shared = inputs(dataset, 0), inputs(dataset, 2)
    assert all(map(torch.equal, alone, shared))
    assert torch.equal(dataset[3]['inputs'], alone[3])
    torch.manual_seed(7)
    assert all(map(torch.equal, alone, inputs(dataset, 0)))
    dataset.epoch = 1
    assert not all(map(torch.equal, alone, inputs(dataset, 0)))
    dataset.epoch, dataset.seed = 0, 1
    assert not all(map(torch.equal, alone, inputs(dataset, 0)))


@pytest.mark.parametrize('test_mode', [False, True])
def test_a_second_pass_is_another_one_in_training_only(root, test_mode):
    dataset = build(root, test_mode=test_mode)
    same = map(torch.equal, inputs(dataset, 0), inputs(dataset, 0))
    assert all(same) == test_mode


def test_the_streams_of_the_process_go_on(root):
    dataset = build(root, test_mode=True)
    torch.manual_seed(0)
    expected = torch.rand(2)
    torch.manual_seed(0)
    first = torch.rand(1)
    dataset[0]
    assert torch.equal(torch.cat([first, torch.rand(1)]), expected)


def test_lists_may_use_names_as_written(root):
    lines = [f'v{i}.mp4,{("brush_hair", "tai_chi")[i % 2]}' for i in range(6)]
    (root / 'list.txt').write_text('\n'.join(lines))
    dataset = build(
        root, classes=['brush_hair', 'tai_chi'], text_clean='underscore'
    )
    assert dataset.metainfo['classes'] == ('brush hair', 'tai chi')
    assert [dataset.get_data_info(i)['label'] for i in range(3)] == [0, 1, 0]


def test_class_names_are_metainfo(root):
    assert build(root).metainfo['classes'] == ('yoga', 'tai chi')
    assert build(root)[1]['data_samples'].gt_label.item() == 1


@pytest.fixture(params=['empty', 'garbage', 'missing'])
def broken(root, request):
    path = root / 'videos/v2.mp4'
    path.unlink()
    if request.param != 'missing':
        path.write_bytes(b'' if request.param == 'empty' else b'no video' * 99)
    return path


def test_training_takes_another_clip(root, broken):
    """Always the same one in the same epoch."""
    dataset = build(root)
    dataset.epoch = 0
    sample = dataset[2]['data_samples']
    assert sample.filename != str(broken)
    assert dataset[2]['data_samples'].filename == sample.filename
    videos = sample.metainfo['broken_videos']
    assert {video.filename for video in videos} == {str(broken)}
    assert videos[0].reason
    assert 'broken_videos' not in dataset[1]['data_samples'].metainfo
    taken = set()
    for dataset.epoch in range(9):
        taken.add(dataset[2]['data_samples'].filename)
    assert len(taken) > 1


@pytest.mark.parametrize('workers', [0, 1])
def test_testing_names_the_file(root, broken, workers):
    with pytest.raises(UserError, match=f'cannot read {broken}'):
        load(build(root, test_mode=True), workers)


@pytest.mark.parametrize('workers', [0, 2])
def test_skipped_videos_are_marked(root, broken, workers):
    """In the order of the list, however many processes read it."""
    dataset = build(root, test_mode=True, on_broken='skip')
    samples = [s['data_samples'] for s in load(dataset, workers)]
    marks = [bool(s.metainfo.get('broken_videos')) for s in samples]
    assert marks == [False, False, True, False, False, False]
    names = [s.filename.rsplit('/', 1)[-1] for s in samples]
    names[2] = samples[2].broken_videos[0].filename.rsplit('/', 1)[-1]
    assert names == [f'v{i}.mp4' for i in range(6)]


def test_only_broken_videos_end_the_run(root):
    for i in range(6):
        (root / f'videos/v{i}.mp4').write_bytes(b'')
    with pytest.raises(UserError, match='v1.mp4 .*;.* and 997 more$') as error:
        build(root, max_refetch=999)[1]
    assert len(str(error.value)) < 1000


def test_a_truncated_real_video(shared_data, root):
    file = shared_data / 'videos/corrupted_tail.mp4'
    (root / 'videos/v2.mp4').unlink()
    (root / 'videos/v2.mp4').symlink_to(file)
    with pytest.raises(UserError, match=r'v2.mp4 \(damaged at 3.0 s of 5'):
        build(root, test_mode=True)[2]


@pytest.mark.parametrize(
    ('change', 'message'),
    [
        (dict(ann_file='/nowhere.txt'), 'no annotation file at /nowhere.txt'),
        (dict(data_prefix=dict(video='/nowhere')), 'no folder of videos at'),
        (dict(classes=['yoga']), 'line 2: label 1'),
        (dict(on_broken='ignore'), "on_broken='ignore'"),
    ],
)
def test_what_does_not_fit_is_named(root, change, message):
    with pytest.raises(UserError, match=message):
        build(root, **change)


def test_a_folder_without_the_videos_is_named(root, tmp_path):
    (tmp_path / 'empty').mkdir()
    prefix = dict(video=str(tmp_path / 'empty'))
    with pytest.raises(UserError, match='none of the first .* as v0.mp4'):
        build(root, data_prefix=prefix)


def test_videos_in_class_folders_are_found(root):
    (root / 'videos/yoga').mkdir()
    for i in (0, 2, 4):
        name = f'v{i}.mp4'
        (root / 'videos' / name).rename(root / 'videos/yoga' / name)
    dataset = build(root, test_mode=True)
    names = [dataset[i]['data_samples'].filename for i in range(6)]
    folders = ['yoga/', ''] * 3
    videos = root / 'videos'
    assert names == [f'{videos}/{f}v{i}.mp4' for i, f in enumerate(folders)]


@pytest.mark.parametrize('test_mode', [False, True])
def test_missing_videos_are_announced(root, test_mode, logged):
    for i in (2, 5):
        (root / f'videos/v{i}.mp4').unlink()
    build(root, test_mode=test_mode)
    (line,) = [line for line in logged if 'missing' in line]
    assert line.startswith('WARNING 2 of the 6 videos of ')
    assert line.endswith(': v2.mp4, v5.mp4')


@pytest.mark.parametrize(
    ('classes', 'end'),
    [('hmdb51', ' of hmdb51'), ([f'class {i}' for i in range(51)], '')],
)
def test_classes_without_videos_are_counted_in_testing(
    root, logged, classes, end
):
    build(root, classes=classes)
    assert not [line for line in logged if 'classes' in line]
    build(root, classes=classes, test_mode=True)
    (line,) = [line for line in logged if 'classes' in line]
    assert line == (f'WARNING {root}/list.txt uses 2 of the 51 classes{end}')
    logged.clear()
    build(root, test_mode=True)
    assert not [line for line in logged if 'classes' in line]


def test_the_order_of_the_classes_is_metainfo(root, logged):
    classes = ['sword', 'sword_exercise']
    clean = dict(classes=classes, text_clean='underscore')
    official = build(root, **clean).metainfo
    assert official['class_order'] == 'official'
    assert official['classes'] == ('sword', 'sword exercise')
    vifi = build(root, **clean, order='vifi').metainfo
    assert vifi['class_order'] == 'vifi'
    assert vifi['classes'] == ('sword exercise', 'sword')
    assert not [line for line in logged if 'WARNING' in line]
    with pytest.raises(UserError, match="order='vifi' is for HMDB-51's"):
        build(root, order='vifi')


def test_a_published_label_file_is_one_warning(root, shared_data, logged):
    file = shared_data / 'vifi_clip/labels/hmdb_51_labels.csv'
    metainfo = build(root, classes=str(file)).metainfo
    assert metainfo['class_order'] == 'vifi'
    assert len([line for line in logged if 'published' in line]) == 1
