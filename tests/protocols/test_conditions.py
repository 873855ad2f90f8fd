"""What numbers depend on: of configs, of checkpoints, of published rows."""

import pytest
import torch

from vlprompt.apis import load_config
from vlprompt.averaging import Recipe, Source, save_averaged
from vlprompt.protocols.conditions import conditions_of
from vlprompt.protocols.published import published_for
from vlprompt.shipped import find_config


@pytest.mark.parametrize(
    ('name', 'checkpoint', 'expected'),
    [
        ('vilt/vilt_b16_k400', None, ('CLIP', 'none', 'no', '4x3', 'last')),
        ('clip/clip_b16_k400', None, ('CLIP', 'none', 'no', '1x1', 'none')),
        (
            'vifi/vlp_b16_few_shot',
            None,
            ('K400', 'none', 'no', '1x1', 'last'),
        ),
        (
            'froster/froster_b16_k400_zs',
            None,
            ('CLIP', 'SWA', 'yes', '3x1', 'last'),
        ),
        (
            'openvclip/openvclip_l14_k400_zs',
            None,
            ('CLIP', 'IWO, SWA, 0.6 CLIP', 'no', '3x1', 'last'),
        ),
        (
            'promptsrc/promptsrc_b16_few_shot',
            None,
            ('CLIP', 'Gaussian', 'no', '1x1', 'last'),
        ),
        (
            'openvclip/openvclip_b16_k400_zs',
            'none',
            ('CLIP', 'none', 'no', '3x1', 'none'),
        ),
    ],
)
def test_a_config_says_what_its_numbers_depend_on(name, checkpoint, expected):
    config = load_config(find_config(f'{name}.py'))
    assert conditions_of(config, checkpoint) == expected


@pytest.mark.parametrize(
    'name', ['froster/froster_b16_k400_zs', 'openvclip/openvclip_l14_k400_zs']
)
def test_published_recipes_are_those_of_the_configs(name):
    config = load_config(find_config(f'{name}.py'))
    (published,) = {n.conditions for n in published_for(name)}
    assert conditions_of(config, None) == published


@pytest.mark.parametrize(
    ('recipe', 'expected'),
    [
        (
            Recipe('single', [Source('a', 1.0)], 0.3, dict(arch='x')),
            'WiSE, 0.3 CLIP',
        ),
        (
            Recipe('mean', [Source('a', 0.5), Source('b', 0.5)], 0.5, {}),
            'SWA, 0.5 CLIP',
        ),
        (Recipe('gaussian(15, 1)', [Source('a', 1), Source('b', 0)]), None),
    ],
)
def test_a_checkpoint_says_how_it_was_averaged(recipe, expected, tmp_path):
    path = tmp_path / 'averaged.pth'
    save_averaged(path, {'prompts.x': torch.ones(2)}, recipe)
    config = load_config(find_config('vilt/vilt_b16_k400_zs.py'))
    found = conditions_of(config, str(path))
    assert found.averaging == (expected or recipe.scheme)
    assert found.epoch == 'as given'
