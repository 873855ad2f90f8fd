"""Models by name, config and folder."""

import os

import pytest
import torch

from vlprompt.apis import find_model, load_config
from vlprompt.errors import UserError


def test_names_configs_and_addresses(toy, tmp_path):
    default = find_model()
    assert default.config.model.clip.pretrained == 'openai'
    assert default.source == 'clip_b16'
    for name in ('vilt_b16_k400', 'vilt/vilt_b16_k400'):
        found = find_model(name)
        assert found.source == 'vilt_b16_k400' and found.checkpoint is None
        assert found.config.model.prompts is not None
    assert find_model(toy.config).source == toy.config
    config = load_config(toy.config)
    assert find_model(config).config is config


def test_the_folder_of_a_run_has_its_best_or_last_checkpoint(toy, tmp_path):
    config = load_config(toy.config)
    with pytest.raises(UserError, match='has no model'):
        find_model(tmp_path)
    config.dump(str(tmp_path / 'toy.py'))
    with pytest.raises(UserError, match='has no checkpoint'):
        find_model(tmp_path)
    for epoch in (1, 2):
        torch.save(dict(state_dict={}), tmp_path / f'epoch_{epoch}.pth')
        os.utime(tmp_path / f'epoch_{epoch}.pth', (epoch, epoch))
    found = find_model(str(tmp_path))
    assert found.checkpoint == str(tmp_path / 'epoch_2.pth')
    assert found.config.model.clip == config.model.clip
    torch.save(dict(state_dict={}), tmp_path / 'best_acc_top1_epoch_1.pth')
    assert 'best_acc_top1' in find_model(tmp_path).checkpoint


def test_lines_for_what_is_no_model():
    for name, expected in (
        ('vilt_b16_k4', 'did you mean vilt_b16_k400'),
        ('quite_another', "no model 'quite_another' .expected one"),
        ('gone.py', 'no config file at gone.py'),
        ('vlprompt::gone/gone.py', 'gone'),
    ):
        with pytest.raises(UserError, match=expected) as caught:
            find_model(name)
        assert '\n' not in str(caught.value)
