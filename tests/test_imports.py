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

PACKAGE = """
import sys
before = set(sys.modules)
import vlprompt
loaded = {name.partition('.')[0] for name in set(sys.modules) - before}
print(*sorted(loaded - set(sys.stdlib_module_names) - {'vlprompt'}))
"""
# What an installation may do without.
OPTIONAL = (
    'decord',
    'faiss',
    'gradio',
    'mlflow',
    'onnx',
    'onnxruntime',
    'pyarrow',
    'ray',
    'sklearn',
    'submitit',
    'tensorboard',
    'transformers',
    'wandb',
)
EVERYTHING = f"""
import importlib, pkgutil, sys
for name in {OPTIONAL}:
    sys.modules[name] = None
import vlprompt
for module in pkgutil.walk_packages(vlprompt.__path__, 'vlprompt.'):
    importlib.import_module(module.name)
print('all imported')
"""


def test_the_package_alone_imports_no_other(repository):
    command = [sys.executable, '-c', PACKAGE]
    loaded = subprocess.check_output(command, cwd=repository, text=True)
    assert loaded.strip() == ''


@pytest.mark.slow
def test_every_module_is_imported_without_optional_packages(repository):
    done = subprocess.run(
        [sys.executable, '-c', EVERYTHING],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip().endswith('all imported'), done.stderr


def test_a_config_is_loaded_without_models_and_data_sets(repository):
    command = [sys.executable, '-c', START]
    loaded = subprocess.check_output(command, cwd=repository, text=True)
    assert loaded.strip() == ''


ALIASES = dict(load_model='init_recognizer')  # names of earlier versions


@pytest.mark.parametrize('package', [vlprompt.apis, vlprompt.datasets])
def test_names_that_are_imported_late_are_there(package):
    for name in package.LATE:
        assert name in package.__all__
        found = getattr(package, name).__name__
        assert found == ALIASES.get(name, name)
    with pytest.raises(AttributeError, match="no attribute 'VideoReader'"):
        package.VideoReader  # noqa: B018
