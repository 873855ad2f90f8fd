"""Runtimes that average, in the place of the default one."""

import pytest
from config_files import FOLDER
from mmengine.config import Config

from vlprompt.engine import EpochAverageHook, InterpolatedWeightsHook
from vlprompt.registry import HOOKS
from vlprompt.utils import register_all_modules

DEFAULT = Config.fromfile(FOLDER / '_base_/default_runtime.py')
HOOKS_OF = {
    'swa': [EpochAverageHook],
    'openvclip': [InterpolatedWeightsHook, EpochAverageHook],
    'promptsrc': [EpochAverageHook],
}


@pytest.mark.parametrize('name', HOOKS_OF)
def test_a_runtime_adds_its_hooks_and_nothing_else(name):
    register_all_modules()
    config = Config.fromfile(FOLDER / f'_base_/{name}_runtime.py')
    own = set(config.default_hooks) - set(DEFAULT.default_hooks)
    built = [HOOKS.build(config.default_hooks.pop(key)) for key in own]
    expected = HOOKS_OF[name]
    assert {type(hook) for hook in built} == set(expected)
    assert config.to_dict() == DEFAULT.to_dict()


def test_two_lines_average_any_method(tmp_path):
    base = FOLDER / 'vilt/vilt_b16_k400.py'
    (tmp_path / 'mine.py').write_text(
        f'_base_ = [{str(base)!r}]\n'
        "default_hooks = dict(average=dict(type='EpochAverageHook'))\n"
    )
    config = Config.fromfile(tmp_path / 'mine.py').to_dict()
    average = config['default_hooks'].pop('average')
    assert average == dict(type='EpochAverageHook')
    assert config == Config.fromfile(base).to_dict()
