"""The command that keeps decoded frames, and what reads them."""

import csv
import importlib
import json
import os
import shutil
import zipfile

import cv2
import numpy as np
import pytest
from mmengine.config import Config
from mmengine.dataset import Compose
from videos import write_video

from vlprompt.datasets import VideoClassDataset
from vlprompt.datasets.readers import probe
from vlprompt.datasets.readers.frame_store import (
    FrameStore,
    FrameStoreWriter,
    StoreJob,
)
from vlprompt.datasets.readers.probe import VideoFacts
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules
from vlprompt.whole_files import _machine

SHORT_CLIP = 'msrvtt_video7500_3fps.mp4'  # 50 frames, 298 x 224
LARGE_CLIP = 'street_walking_5f.mp4'  # 5 frames, 960 x 540
PIPELINE = [
    dict(type='VideoInit'),
    dict(type='MultiViewSegmentSample', num_frames=4),
    dict(type='VideoDecode'),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs', meta_keys=('filename',)),
]


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


@pytest.fixture(scope='module')
def tool():
    return importlib.import_module('vlprompt.cli.data_cache')


@pytest.fixture
def world(tmp_path):
    """A list with good videos, one of them elsewhere, and bad ones."""
    write_video(tmp_path / 'videos/a/good.mp4', num_frames=5)
    write_video(tmp_path / 'videos/class/moved.mp4', num_frames=7)
    (tmp_path / 'videos/text.mp4').write_text('no video' * 99)
    lines = ['a/good.mp4 0', 'moved.mp4,1', 'gone.mp4 2', 'text.mp4 1']
    (tmp_path / 'list.txt').write_text('\n'.join(lines))
    return tmp_path


def run(tool, world, *flags):
    """The exit code, and the report by path."""
    args = [str(world / 'list.txt'), '--root', str(world / 'videos')]
    args += ['--out', str(world / 'store'), '--jobs', '1', *flags]
    code = 0
    try:
        tool.main(args)
    except SystemExit as end:
        code = end.code
    with open(world / 'store/list_report.csv', newline='') as file:
        return code, {row['path']: row for row in csv.DictReader(file)}


def files(world):
    store = world / 'store'
    return {
        str(file.relative_to(store)): file.read_bytes()
        for file in store.rglob('*.*')
        if file.is_file()
    }


def copy_clips(shared_data, world, *names):
    for name in names:
        shutil.copy(shared_data / 'videos' / name, world / 'videos')
    (world / 'list.txt').write_text(''.join(f'{name} 0\n' for name in names))


def test_what_is_kept(tool, world, capsys):
    code, rows = run(tool, world)
    assert code == 1
    assert rows['a/good.mp4'] == dict(
        path='a/good.mp4',
        frames='5',
        width='64',
        height='48',
        fps='10.0',
        problem='',
    )
    assert rows['moved.mp4']['frames'] == '7'
    assert rows['gone.mp4']['problem'] == 'no such file'
    assert rows['text.mp4']['problem']
    assert set(files(world)) == {
        'a/good.mp4.zip',
        'moved.mp4.zip',
        'frame_store.json',
        'list_report.csv',
    }
    text = capsys.readouterr().out
    assert 'text.mp4: ' in text and 'list_report.csv' in text


def test_the_container_is_a_plain_zip_file(tool, world):
    run(tool, world)
    with zipfile.ZipFile(world / 'store/a/good.mp4.zip') as store:
        names = [f'{i:06d}.jpg' for i in range(5)]
        assert store.namelist() == [*names, 'index.json']
        kinds = {info.compress_type for info in store.infolist()}
        assert kinds == {zipfile.ZIP_STORED}
        index = json.loads(store.read('index.json'))
        times = [0, 0.1, 0.2, 0.3, 0.4]
        assert index == dict(fps=10.0, width=64, height=48, times=times)
        data = np.frombuffer(store.read('000003.jpg'), np.uint8)
    image = cv2.imdecode(data, cv2.IMREAD_COLOR)
    assert image.shape == (48, 64, 3)
    assert abs(image.mean() - 30) < 4  # frame i has brightness 10 * i


def test_a_data_set_reads_the_store_like_the_videos(tool, world, shared_data):
    """Its list and pipeline stay; labels and number of frames do too."""
    copy_clips(shared_data, world, SHORT_CLIP, LARGE_CLIP)
    (world / 'list.txt').write_text(f'{SHORT_CLIP} 2\n{LARGE_CLIP},0\n')
    assert run(tool, world)[0] == 0
    resize = dict(type='Resize', scale=(-1, 256))
    pipeline = [*PIPELINE[:3], resize, *PIPELINE[3:]]
    source, store = (
        VideoClassDataset(
            str(world / 'list.txt'),
            pipeline,
            ['a', 'b', 'c'],
            data_prefix=dict(video=str(world / folder)),
            test_mode=True,
        )
        for folder in ('videos', 'store')
    )
    for i, label in enumerate((2, 0)):
        a, b = source[i], store[i]
        assert b['data_samples'].gt_label.item() == label
        assert a['inputs'].shape == b['inputs'].shape
        gap = a['inputs'].float() - b['inputs'].float()
        assert 0 < gap.abs().mean() < 2.5
        psnr = 10 * np.log10(255**2 / gap.square().mean().item())
        assert psnr > 36
    assert store.get_data_info(0)['filename'].endswith('3fps.mp4.zip')


@pytest.mark.parametrize('name', ['segments16', 'dense8', 'aim8'])
def test_pipelines_of_the_configs_read_a_store(
    tool, world, shared_data, repository, name
):
    copy_clips(shared_data, world, SHORT_CLIP)
    run(tool, world)
    info = dict(start_index=0, modality='RGB', label=0)
    info['filename'] = str(world / f'store/{SHORT_CLIP}.zip')
    config = repository / f'configs/_base_/pipelines/{name}.py'
    for kind in ('train_pipeline', 'test_pipeline'):
        pipeline = Config.fromfile(config)[kind]
        steps = [TRANSFORMS.build(step) for step in pipeline]
        inputs = Compose(steps)(dict(info))['inputs']
        assert inputs.shape[1] == 3 and inputs.shape[-2:] == (224, 224)
        assert inputs.numpy().dtype == np.uint8


def test_frames_are_made_smaller_as_by_the_pipeline(world, shared_data):
    """But for JPEG they are those of ``Resize``; none is made larger."""
    source = str(shared_data / 'videos' / LARGE_CLIP)
    job = (source, str(world / 'large.zip'))
    facts = FrameStoreWriter(256, 100)(StoreJob(*job))
    assert facts == VideoFacts(5, 455, 256, 5.0)
    results = dict(
        imgs=VideoReader(source).read(range(5)),
        img_shape=(540, 960),
    )
    resize = TRANSFORMS.build(dict(type='Resize', scale=(-1, 256)))
    expected = np.stack(resize(results)['imgs']).astype(int)
    found = FrameStore(job[1]).get_batch(range(5)).asnumpy()
    assert np.abs(found - expected).mean() < 1.2
    large = FrameStoreWriter(999)(StoreJob(source, str(world / 'own.zip')))
    assert (large.width, large.height) == (960, 540)


def test_some_frames_of_each(tool, world):
    """The centres of equal parts; a second stays as long as it was."""
    write_video(world / 'videos/a/good.mp4', num_frames=20)
    _, rows = run(tool, world, '--frames', '5')
    assert rows['a/good.mp4']['frames'] == '5'
    assert rows['moved.mp4']['frames'] == '5'
    store = FrameStore(world / 'store/a/good.mp4.zip')
    assert store.get_avg_fps() == 2.5
    levels = store.get_batch(range(5)).asnumpy().mean((1, 2, 3))
    assert np.abs(levels - [20, 60, 100, 140, 180]).max() < 4
    with zipfile.ZipFile(world / 'store/a/good.mp4.zip') as file:
        assert file.namelist()[1] == '000006.jpg'


def test_any_order_and_repeats(tool, world):
    run(tool, world)
    store = FrameStore(world / 'store/moved.mp4.zip')
    frames = store.get_batch(np.array([4, 1, 1, 4, 0])).asnumpy()
    levels = frames.mean((1, 2, 3))
    assert np.abs(levels - [40, 10, 10, 40, 0]).max() < 4


def test_a_run_goes_on_and_lists_share_a_store(tool, world, monkeypatch):
    seen = []

    def interrupted(jobs, writer, count):
        for job in jobs:
            if len(seen) == 1:
                raise KeyboardInterrupt
            seen.append(job)
            yield job, writer(job)

    with monkeypatch.context() as patch:
        patch.setattr(probe, 'probe_files', interrupted)
        with pytest.raises(KeyboardInterrupt):
            tool.main(
                [str(world / 'list.txt'), '--root', str(world / 'videos')]
                + ['--out', str(world / 'store'), '--jobs', '1']
            )
    good = world / 'store/a/good.mp4.zip'
    killed = f'.moved.mp4.zip.{_machine()}-99999999.part'
    (world / 'store' / killed).write_text('of a killed run')
    os.utime(good, (1, 1))
    write_video(world / 'videos/text.mp4', num_frames=3)  # mended
    (world / 'list.txt').write_text('a/good.mp4 0\nmoved.mp4 1\ntext.mp4 0\n')
    code, rows = run(tool, world)
    assert (code, rows['text.mp4']['frames']) == (0, '3')
    assert rows['a/good.mp4']['frames'] == '5'
    assert good.stat().st_mtime == 1  # not written again
    before = files(world)
    assert not any(name.endswith('.part') for name in before)
    assert run(tool, world)[0] == 0
    assert files(world) == before
    shutil.rmtree(world / 'store')
    run(tool, world)
    assert files(world) == before  # the same bytes


def test_a_file_that_is_in_the_way_is_kept(tool, world):
    (world / 'store/a').mkdir(parents=True)
    (world / 'store/a/good.mp4.zip').write_text('mine')
    code, rows = run(tool, world)
    problem = 'not a frame store, or cut off'
    assert (code, rows['a/good.mp4']['problem']) == (1, problem)
    assert (world / 'store/a/good.mp4.zip').read_text() == 'mine'


def test_a_real_video_that_breaks_off_leaves_nothing(tool, world, shared_data):
    copy_clips(shared_data, world, 'corrupted_tail.mp4')
    code, rows = run(tool, world)
    assert code == 1
    problem = rows['corrupted_tail.mp4']['problem']
    assert problem.startswith('damaged at 3.0 s of 5.0 s')
    assert set(files(world)) == {'frame_store.json', 'list_report.csv'}


def test_damage_is_an_error_of_the_file(tool, world):
    run(tool, world)
    store = world / 'store/moved.mp4.zip'
    data = bytearray(store.read_bytes())
    start = data.index(b'000003.jpg') + 300
    data[start : start + 40] = bytes(40)
    store.write_bytes(data)
    reader = FrameStore(store)
    reader.get_batch([2])
    with pytest.raises(OSError, match=r'frame 000003.jpg is damaged'):
        reader.get_batch([3])
    store.write_bytes(data[: len(data) // 2])
    (world / 'list.txt').write_text('moved.mp4 0\n')
    dataset = VideoClassDataset(
        str(world / 'list.txt'),
        PIPELINE,
        ['a'],
        data_prefix=dict(video=str(world / 'store')),
        test_mode=True,
    )
    message = r'cannot read .*moved.mp4.zip \(not a frame store, or cut off\)'
    with pytest.raises(UserError, match=message):
        dataset[0]


def test_a_store_has_frames_of_one_kind(tool, world):
    run(tool, world)
    with pytest.raises(UserError, match="was begun with .*'quality': 95"):
        run(tool, world, '--quality', '80')
    run(tool, world)


@pytest.mark.parametrize(
    ('flags', 'message'),
    [
        (['--jobs', '0'], '--jobs 0, expected at least 1'),
        (['--short-side', '0'], '--short-side 0, expected pixels'),
        (['--quality', '101'], '--quality 101, expected 1 to 100'),
        (['--frames', '0'], '--frames 0, expected "all" or a number'),
        (['--frames', 'few'], '--frames few, expected "all" or a number'),
        (['--root', '/nowhere'], 'no folder of videos at /nowhere'),
    ],
)
def test_what_does_not_fit_is_named(tool, world, flags, message):
    with pytest.raises(UserError, match=message):
        run(tool, world, *flags)
    assert not (world / 'store').exists()


@pytest.mark.parametrize('path', ['../a.mp4', '/a.mp4', 'a/../../b.mp4'])
def test_nothing_is_written_outside_the_store(tool, world, path):
    (world / 'list.txt').write_text(f'{path} 0\n')
    with pytest.raises(UserError, match='leaves the folder of videos'):
        run(tool, world)


def test_the_store_is_not_the_folder_of_the_videos(tool, world):
    with pytest.raises(UserError, match='is the folder of the videos'):
        run(tool, world, '--out', f'{world}/a/../videos')
