"""What a command waits for before it knows what it is to do."""

import subprocess
import sys

import pytest

import vlprompt.apis
import vlprompt.datasets

# Of these each takes from 0.2 to 1 second to import.
SLOW = (
    'decord',
    'matplotlib',
    'mmaction.datasets',
    'mmaction.models',
    'open_clip',
    'scipy.stats',
    'sklearn',
    'timm',
    'torchvision',
    'vlprompt.models',
)
START = f"""
import sys
import vlprompt.protocols
from vlprompt.apis import load_config
from vlprompt.datasets import load_class_names
load_config('configs/vilt/vilt_b16_k400.py')
print(*sorted(set(sys.modules) & {set(SLOW)}))
"""


def test_a_config_is_loaded_without_models_and_data_sets(repository):
    command = [sys.executable, '-c', START]
    loaded = subprocess.check_output(command, cwd=repository, text=True)
    assert loaded.strip() == ''


@pytest.mark.parametrize('package', [vlprompt.apis, vlprompt.datasets])
def test_names_that_are_imported_late_are_there(package):
    for name in package.LATE:
        assert name in package.__all__
        assert getattr(package, name).__name__ == name
    with pytest.raises(AttributeError, match="no attribute 'VideoReader'"):
        package.VideoReader  # noqa: B018
