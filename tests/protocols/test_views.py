"""Views of a test pipeline."""

from pathlib import Path

import pytest
from mmengine.config import Config

from vlprompt.errors import UserError
from vlprompt.protocols import count_views, parse_views, set_views


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
