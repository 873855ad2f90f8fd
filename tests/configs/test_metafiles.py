"""Metafiles are as they are made, and MMEngine finds configs by them."""

import pytest
import yaml
from config_files import CONFIGS, FOLDER, read
from mmengine.hub import get_config
from mmengine.infer import BaseInferencer

import vlprompt
from tools.metafiles.entries import KeptSizes, index, metafile, sizes_in
from tools.metafiles.facts import Sizes
from vlprompt.utils import register_all_modules

FOLDERS = sorted({path.parent for path in CONFIGS})


@pytest.fixture(autouse=True)
def registered():
    register_all_modules()


@pytest.fixture(scope='module')
def models():
    files = [(folder / 'metafile.yml').read_text() for folder in FOLDERS]
    return [m for file in files for m in yaml.safe_load(file)['Models']]


def test_the_index_names_every_folder(repository):
    assert (repository / 'model-index.yml').read_text() == index(FOLDERS)


@pytest.mark.parametrize('folder', FOLDERS, ids=lambda folder: folder.name)
def test_a_metafile_is_as_it_is_made(folder):
    """All but the sizes, which are counted below for some."""
    made = metafile(folder, KeptSizes([folder]), read)
    assert (folder / 'metafile.yml').read_text() == made, (
        'run: python -m tools.metafiles'
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    'name',
    ['clip/clip_b16_k400', 'clip4clip/clip4clip_b32_retrieval', 'aim/aim_toy'],
)
def test_sizes_are_those_of_the_models(name):
    path = FOLDER / f'{name}.py'
    assert sizes_in(path.parent)[path.stem] == Sizes()(read(path))


def test_sizes_add_up():
    """32 frames of ViT-B/16 are 562.0 G, ViLT-CLIP learns 0.6 %."""
    sizes = sizes_in(FOLDER / 'clip') | sizes_in(FOLDER / 'vilt')
    clip, vilt = sizes['clip_b16_k400'], sizes['vilt_b16_k400']
    assert round(clip.macs / 1e9, 1) == 562.0
    assert clip.learned == 0
    assert vilt.parameters - clip.parameters == vilt.learned == 849_152


def test_what_was_measured_is_apart_from_what_was_published(models):
    for model in models:
        toy = model['Name'].endswith('_toy')
        assert toy or 'Results' not in model
        assert not (toy and 'Published' in model['Metadata'])
    assert sum('Results' in model for model in models) > 20


def test_mmengine_lists_every_config(repository):
    assert str(repository) in vlprompt.__file__
    names = BaseInferencer.list_models('vlprompt')
    assert sorted(names) == sorted(path.stem for path in CONFIGS)


@pytest.mark.parametrize('name', ['vilt/vilt_b16_k400', 'aim/aim_toy'])
def test_mmengine_finds_configs_by_their_names(name):
    config = get_config(f'vlprompt::{name}.py', pretrained=True)
    expected = read(FOLDER / f'{name}.py')
    assert config.model.to_dict() == expected.model.to_dict()
    assert config.model_path is None  # there are no weights yet
