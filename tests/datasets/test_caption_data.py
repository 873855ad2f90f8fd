"""Which lists of captions retrieval reads."""

import pytest
from mmengine.config import Config

from vlprompt.apis import load_config
from vlprompt.datasets.catalog import CAPTION_SETS, find_caption_data
from vlprompt.datasets.use_lists import use_captions
from vlprompt.errors import UserError


@pytest.fixture
def config(repository):
    return load_config(f'{repository}/configs/vilt/vilt_b16_retrieval.py')


def lists_of(config):
    return [
        config[f'{name}_dataloader'].dataset.ann_file
        for name in ('train', 'val', 'test')
    ]


def test_the_default_is_msrvtt(config):
    before = Config(config.to_dict())
    use_captions(config, CAPTION_SETS['msrvtt9k'], 'data')
    assert config.to_dict() == before.to_dict()


def test_a_set_with_a_validation_list_keeps_the_best_epoch(config):
    use_captions(config, find_caption_data('msvd'), '/d')
    assert lists_of(config) == [
        f'/d/msvd/{name}.json' for name in ('train', 'val', 'test')
    ]
    for name in ('train', 'val', 'test'):
        dataset = config[f'{name}_dataloader'].dataset
        assert dataset.data_prefix.video == '/d/msvd/videos'
    assert config.default_hooks.checkpoint.save_best == 't2v/R1'
    assert config.default_hooks.checkpoint.rule == 'greater'
    use_captions(config, find_caption_data('msrvtt7k'), '/d')
    assert lists_of(config)[0] == '/d/msrvtt/train_7k.json'
    assert config.default_hooks.checkpoint.save_best is None


def test_didemo_needs_its_own_config(config, repository):
    didemo = find_caption_data('didemo')
    with pytest.raises(UserError, match='configs/vilt/vilt_b16_didemo.py'):
        use_captions(config, didemo, 'data')
    own = load_config(f'{repository}/configs/vilt/vilt_b16_didemo.py')
    before = Config(own.to_dict())
    use_captions(own, didemo, 'data')
    assert own.to_dict() == before.to_dict()


def test_a_name_that_is_misspelt():
    with pytest.raises(UserError, match='did you mean lsmdc'):
        find_caption_data('lsmcd')
