"""Views of a test pipeline, and the shape of one."""

from pathlib import Path

import pytest
from mmengine.config import Config

from vlprompt.datasets.pipelines import (
    count_views,
    parse_views,
    set_views,
    single_view_pipeline,
    view_shape,
)
from vlprompt.errors import UserError


def config_of(repository: Path, name: str) -> Config:
    return Config.fromfile(repository / f'configs/{name}.py')


def pipeline_of(config):
    return config.test_dataloader.dataset.pipeline


@pytest.mark.parametrize(
    ('name', 'views'),
    [
        ('vilt/vilt_b16_k400', (4, 3)),
        ('vilt/vilt_b16_k400_zs', (1, 1)),
        ('vita/vita_b16_k400', (4, 3)),
        ('vilt/vilt_toy', (1, 1)),
    ],
)
def test_views_are_counted(repository, name, views):
    assert count_views(pipeline_of(config_of(repository, name))) == views


@pytest.mark.parametrize('name', ['vilt/vilt_b16_k400', 'vita/vita_b16_k400'])
@pytest.mark.parametrize('views', [(1, 1), (4, 1), (1, 3), (10, 3)])
def test_views_are_set(repository, name, views):
    config = config_of(repository, name)
    set_views(config, *views)
    assert count_views(pipeline_of(config)) == views


def test_three_crops_are_of_the_short_side(repository):
    """ViFi-CLIP: 256 and a centre crop, or 224 and three."""
    config = config_of(repository, 'vilt/vilt_b16_k400_zs')
    before = config.val_dataloader.dataset.pipeline
    set_views(config, 4, 3)
    resize = [s for s in pipeline_of(config) if s['type'] == 'Resize']
    assert [step['scale'] for step in resize] == [(-1, 224)]
    assert config.val_dataloader.dataset.pipeline == before
    set_views(config, 1, 1)
    resize = [s for s in pipeline_of(config) if s['type'] == 'Resize']
    assert [tuple(step['scale']) for step in resize] == [(-1, 256)]


def test_random_views_are_those_of_segments(repository):
    config = config_of(repository, 'vilt/vilt_b16_k400')
    set_views(config, 4, 3, 'random')
    sampler = pipeline_of(config)[1]
    assert sampler['mode'] == 'random'
    config = config_of(repository, 'vita/vita_b16_k400')
    with pytest.raises(UserError, match='no such draws'):
        set_views(config, 4, 3, 'random')


@pytest.mark.parametrize('text', ['4', '4x2', '0x3', 'axb', '4x3x1'])
def test_views_that_are_none(text):
    with pytest.raises(UserError, match='such as 4x3'):
        parse_views(text)
    assert parse_views('4x3') == (4, 3)


def test_views_that_a_pipeline_cannot_make(repository):
    config = config_of(repository, 'vilt/vilt_toy')
    with pytest.raises(UserError, match='no crop to make 3 of'):
        set_views(config, 1, 3)
    pipeline_of(config)[1] = dict(type='SampleFrames', clip_len=1, num_clips=8)
    with pytest.raises(UserError, match='makes one view, not 4'):
        set_views(config, 4, 1)


def pipeline_config(*transforms):
    dataset = dict(pipeline=list(transforms))
    return Config(dict(val_dataloader=dict(dataset=dataset)))


def test_the_shape_of_a_view():
    sample = dict(type='SampleFrames', clip_len=8, num_clips=4)
    crop = dict(type='ThreeCrop', crop_size=(32, 16))
    layout = dict(type='FormatShape', input_format='NCTHW')
    config = pipeline_config(sample, crop, layout)
    assert view_shape(config) == (1, 1, 3, 8, 16, 32)
    assert view_shape(config, 5) == (1, 1, 3, 5, 16, 32)
    seconds = dict(type='FixedFPSSample', max_frames=12)
    fixed = dict(type='Resize', scale=(48, 32), keep_ratio=False)
    config = pipeline_config(seconds, fixed, layout)
    assert view_shape(config, 6) == (1, 1, 3, 6, 32, 48)
    assert single_view_pipeline(config)[0]['max_frames'] == 12
    for expected, transforms in {
        'says how many frames': (crop, layout),
        'neither crops': (sample, layout),
        'NCTHW or NCHW expected': (sample, crop),
    }.items():
        with pytest.raises(UserError, match=expected):
            view_shape(pipeline_config(*transforms))
    with pytest.raises(UserError, match='0 frames'):
        view_shape(config, 0)
    with pytest.raises(UserError, match='no pipeline'):
        view_shape(Config(dict(model=dict())))


def test_steps_are_found_with_the_package_that_registers_them():
    pipeline = [
        dict(type='mmaction.SampleFrames', clip_len=8, num_clips=4),
        dict(type='mmaction.ThreeCrop', crop_size=32),
        dict(type='mmaction.FormatShape', input_format='NCTHW'),
    ]
    assert count_views(pipeline) == (4, 3)
    assert view_shape(pipeline_config(*pipeline)) == (1, 1, 3, 8, 32, 32)


def test_frames_are_chosen_by_the_step_that_says_how_many():
    """MMAction2 has samplers whose names do not end in Sample."""
    pipeline = [
        dict(type='SampleAVAFrames', clip_len=32, frame_interval=2),
        dict(type='RandomCrop', size=24),
        dict(type='FormatShape', input_format='NCTHW'),
    ]
    assert count_views(pipeline) == (1, 1)
    assert view_shape(pipeline_config(*pipeline)) == (1, 1, 3, 32, 24, 24)
