"""Configs join a data set and a pipeline, and options still reach them."""

import copy

import pytest
from config_files import CONFIGS, FOLDER, is_toy, offenders, read
from mmengine.config import Config

from vlprompt.apis import load_config

LOADERS = ('train', 'val', 'test')


def test_every_loader_has_the_pipeline_that_the_config_names():
    def check(path):
        config = read(path)
        for name in LOADERS:
            loader = config.get(f'{name}_dataloader')
            if loader is not None:
                pipeline = loader.dataset.pipeline
                assert pipeline == config[f'{name}_pipeline'], name

    paths = [path for path in CONFIGS if not is_toy(path)]
    assert offenders(check, paths) == {}


def test_data_sets_bring_no_pipeline_and_pipelines_no_data_set():
    for path in (FOLDER / '_base_/datasets').glob('*.py'):
        if not is_toy_base(path):
            assert 'pipeline' not in path.read_text(), path.name
    for path in (FOLDER / '_base_/pipelines').glob('*.py'):
        assert set(Config.fromfile(path)) == {
            f'{name}_pipeline' for name in LOADERS
        }, path.name


def is_toy_base(path):
    return path.stem.startswith('toy')


@pytest.mark.parametrize(
    'name', ['vilt/vilt_b16_few_shot', 'clip4clip/clip4clip_b32_retrieval']
)
def test_options_reach_one_loader_alone(name, tmp_path):
    path = f'{FOLDER}/{name}.py'
    before = Config.fromfile(path)
    key = 'val_dataloader.dataset.pipeline.0.type'
    config = load_config(path, {key: 'Other'})
    assert config.val_dataloader.dataset.pipeline[0].type == 'Other'
    config.val_dataloader = copy.deepcopy(before.val_dataloader)
    config.val_dataloader.batch_size = 99
    for loader in ('train', 'test'):
        loader = f'{loader}_dataloader'
        assert config[loader] == before[loader]
    config.dump(tmp_path / 'dumped.py')
    dumped = load_config(str(tmp_path / 'dumped.py'))
    assert dumped.to_dict() == config.to_dict()


def test_a_config_of_ones_own_composes_in_the_same_way(tmp_path):
    base = FOLDER / '_base_'
    bases = [f'{base}/datasets/ssv2.py', f'{base}/pipelines/aim8.py']
    (tmp_path / 'mine.py').write_text(
        f'_base_ = {bases}\n'
        'test_dataloader = dict(\n'
        '    dataset=dict(pipeline=_base_.test_pipeline))\n'
    )
    config = load_config(str(tmp_path / 'mine.py'))
    dataset = config.test_dataloader.dataset
    assert dataset.classes == 'ssv2'
    assert dataset.pipeline[1].clip_len == 8
