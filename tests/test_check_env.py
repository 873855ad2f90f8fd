"""The table of the environment, with environments that are not ours."""

import subprocess
import sys

import pytest

from vlprompt import check_env
from vlprompt.check_env import ABSENT, BROKEN, REPAIRED, WORKS


@pytest.fixture
def installed(monkeypatch):
    """Pretend that some versions are installed, and everything imports."""
    versions = dict(check_env.TESTED)
    monkeypatch.setattr(check_env, 'found', versions.get)
    monkeypatch.setattr(check_env, 'failure', lambda module: None)
    return versions


def row(name):
    (result,) = (
        r
        for r in (check() for check in check_env.CHECKS)
        if r.name.startswith(name)
    )
    return result


def test_the_tested_set_works(installed):
    verdicts = {check().verdict for check in check_env.CHECKS}
    assert verdicts <= {WORKS, REPAIRED, ABSENT}


@pytest.mark.parametrize(
    ('package', 'found', 'name', 'verdict', 'remedy'),
    [
        ('mmcv-lite', '2.2.0', 'mmcv', BROKEN, 'mmcv-lite==2.1.0'),
        ('mmcv-lite', None, 'mmcv', BROKEN, 'mmcv-lite==2.1.0'),
        ('mmcv', '2.1.0', 'mmcv', BROKEN, 'pip uninstall mmcv mmcv-lite'),
        ('setuptools', '84.2.1', 'setuptools', BROKEN, '"setuptools<82"'),
        ('numpy', '2.4.6', 'numpy', BROKEN, 'numpy==2.3.5'),
        ('transformers', '4.57.1', 'transformers', REPAIRED, ''),
        ('transformers', '4.55.4', 'transformers', WORKS, ''),
        ('opencv-python', '4.11.0.86', 'opencv', BROKEN, '--force-reinstall'),
        ('open_clip_torch', '4.0.0', 'open_clip', BROKEN, '==3.3.0'),
        ('moviepy', '2.1', 'moviepy', BROKEN, '"moviepy<2"'),
        ('importlib_metadata', None, 'importlib_metadata', REPAIRED, ''),
        ('torch', '2.1.0', 'torch', BROKEN, 'torch==2.13.0'),
        ('decord', None, 'decord', BROKEN, 'decord==0.6.0'),
    ],
)
def test_breakages_are_recognised(
    installed, package, found, name, verdict, remedy
):
    if found is None:
        installed.pop(package)
    else:
        installed[package] = found
    matches = [
        r
        for r in (check() for check in check_env.CHECKS)
        if r.name.startswith(name) and r.name != 'torchvision'
    ]
    assert matches[0].verdict == verdict
    assert remedy in matches[0].remedy


def test_a_torchvision_without_its_binary(installed, monkeypatch):
    error = 'operator torchvision::nms does not exist'
    monkeypatch.setattr(check_env, 'failure', lambda module: error)
    assert row('torchvision').verdict == REPAIRED
    monkeypatch.setattr(check_env, 'failure', lambda module: 'no symbol')
    assert row('torchvision').verdict == BROKEN
    assert 'same index' in row('torchvision').remedy


def test_it_runs_where_torch_does_not():
    program = (
        'import sys, runpy\n'
        "sys.modules['torch'] = None\n"
        "sys.orig_argv = ['python', '-m', 'vlprompt.check_env']\n"
        "runpy.run_module('vlprompt.check_env', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True
    )
    assert 'mmengine' in done.stdout, done.stderr
    assert 'Traceback' not in done.stderr
