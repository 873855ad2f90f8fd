"""Every shared pipeline on every real clip that can be read."""

from pathlib import Path

import numpy as np
import pytest
from mmengine.config import Config
from mmengine.dataset import Compose

from vlprompt.datasets import VideoClassDataset
from vlprompt.datasets.readers.video_reader import VideoReader
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS
from vlprompt.utils import register_all_modules

FOLDER = Path(__file__).parents[2] / 'configs/_base_/pipelines'
FILES = sorted(FOLDER.glob('*.py'))
KINDS = ('train_pipeline', 'val_pipeline', 'test_pipeline')
CLIPS = (
    'apply_eye_makeup.avi',
    'arm_wrestling.mp4',
    'arm_wrestling_overlay_6fps.mp4',
    'cleaning_pool.mp4',
    'cleaning_pool_32f.mp4',
    'countdown_294x240.mp4',
    'flipping_pancake.mkv',
    'motorcycling_720p_67f.mp4',
    'msrvtt_video7500_3fps.mp4',
    'shooting_basketball.mp4',
    'street_walking_5f.mp4',
    'tiny_3f_rot0.mov',
    'tiny_3f_rot90.mov',
    'yoga_k400val_Tw2yXa6CzWE.mp4',
)
SHORT = ('street_walking_5f.mp4', 'tiny_3f_rot0.mov', 'tiny_3f_rot90.mov')


@pytest.fixture(scope='module', autouse=True)
def _registered():
    register_all_modules()


class Opened:
    """Stands for ``VideoInit`` and ``VideoDecode`` of one open clip."""

    def __init__(self, file):
        self.frames = VideoReader(file)
        self.cached = {}

    def init(self, results):
        results['total_frames'] = len(self.frames)
        results['avg_fps'] = self.frames.get_avg_fps()
        results['frame_times'] = self.frames.frame_times
        return results

    def decode(self, results):
        new = sorted(set(results['frame_inds']) - set(self.cached))
        self.cached |= dict(zip(new, self.frames.read(new), strict=True))
        results['imgs'] = [self.cached[i] for i in results['frame_inds']]
        results['original_shape'] = results['imgs'][0].shape[:2]
        results['img_shape'] = results['original_shape']
        return results


def pipelines():
    for file in FILES:
        cfg = Config.fromfile(file)
        for kind in KINDS:
            yield f'{file.stem} {kind}', cfg[kind]


def shorter(steps, frames):
    """The pipeline with so many frames in each view, and its views."""
    steps = [dict(step) for step in steps]
    views = 1
    for step in steps:
        for key in ('clip_len', 'num_frames', 'max_frames'):
            if frames and key in step:
                step[key] = frames
        views *= step.get('num_clips', step.get('num_views', 1))
        views *= 3 if step['type'] == 'ThreeCrop' else 1
    return steps, views


def run(opened, steps):
    stand_ins = dict(VideoInit=opened.init, VideoDecode=opened.decode)
    built = [
        stand_ins.get(step['type']) or TRANSFORMS.build(step) for step in steps
    ]
    info = dict(filename='clip', label=0, start_index=0, modality='RGB')
    return Compose(built)(info)


@pytest.mark.parametrize('name', CLIPS)
def test_every_pipeline_on_every_clip(shared_data, name):
    """With two frames in each view, which changes nothing else."""
    opened = Opened(str(shared_data / 'videos' / name))
    for title, pipeline in pipelines():
        steps, views = shorter(pipeline, 2)
        inputs = run(opened, steps)['inputs']
        assert inputs.shape == (views, 3, 2, 224, 224), title
        assert inputs.numpy().dtype == np.uint8, title


def test_the_clips_are_those_that_can_be_read(shared_data):
    names = {path.name for path in (shared_data / 'videos').iterdir()}
    assert names - {'corrupted_tail.mp4'} == set(CLIPS)


@pytest.mark.parametrize('name', SHORT)
def test_clips_shorter_than_their_32_frames(shared_data, name):
    opened = Opened(str(shared_data / 'videos' / name))
    for title, pipeline in pipelines():
        if '32' in title:
            steps, views = shorter(pipeline, None)
            inputs = run(opened, steps)['inputs']
            assert inputs.shape == (views, 3, 32, 224, 224), title


def test_four_views_of_three_crops_in_both_layouts(shared_data):
    """View v is crop v // 4 (left, right, middle) of clip v % 4.

    As (views, 3, frames, ...) and as (views * frames, 3, ...).
    """
    opened = Opened(str(shared_data / 'videos' / CLIPS[-1]))
    pipeline = Config.fromfile(FOLDER / 'segments16.py').test_pipeline
    steps, _ = shorter(pipeline, None)
    views = run(opened, steps)['inputs'].numpy()
    (layout,) = (s for s in steps if s['type'] == 'FormatShape')
    layout['input_format'] = 'NCHW'
    frames = run(opened, steps)['inputs'].numpy()
    assert views.shape == (12, 3, 16, 224, 224)
    assert frames.shape == (192, 3, 224, 224)
    stacked = frames.reshape(12, 16, 3, 224, 224).swapaxes(1, 2)
    assert np.array_equal(views, stacked)
    total = len(opened.frames)
    resize = TRANSFORMS.build(dict(type='Resize', scale=(-1, 224)))
    for v in range(12):
        crop, clip = divmod(v, 4)
        for i in (0, 9, 15):
            index = int((i + (clip + 0.5) / 4) * total / 16)
            results = opened.decode(dict(frame_inds=[index]))
            image = resize.transform(results)['imgs'][0]
            space = image.shape[1] - 224
            left = (0, space, space // 2)[crop]
            expected = image[:, left : left + 224].transpose(2, 0, 1)
            assert np.array_equal(frames[v * 16 + i], expected), (v, i)


@pytest.mark.parametrize('test_mode', [True, False])
def test_a_file_that_breaks_off(shared_data, tmp_path, test_mode):
    """Testing names it, training takes another clip."""
    (tmp_path / 'list.txt').write_text(
        'corrupted_tail.mp4 0\ntiny_3f_rot0.mov 0\n'
    )
    cfg = Config.fromfile(FOLDER / 'segments8.py')
    dataset = VideoClassDataset(
        str(tmp_path / 'list.txt'),
        cfg.val_pipeline if test_mode else cfg.train_pipeline,
        classes=['a', 'b'],
        data_prefix=dict(video=str(shared_data / 'videos')),
        test_mode=test_mode,
    )
    dataset.epoch = 0
    if test_mode:
        with pytest.raises(UserError, match=r'cannot read .*corrupted_tail'):
            dataset[0]
    else:
        sample = dataset[0]['data_samples']
        assert sample.filename.endswith('tiny_3f_rot0.mov')
        (broken, *_) = sample.metainfo['broken_videos']
        assert broken.filename.endswith('corrupted_tail.mp4')
