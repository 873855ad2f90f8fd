"""The tables of the environment, with environments that are not ours."""

import subprocess
import sys

import pytest

from vlprompt import check_env
from vlprompt.check_env import ABSENT, BROKEN, REPAIRED, UNNEEDED, WORKS
from vlprompt.compat import (
    REMEDIES,
    mmcv_version,
    new_moviepy,
    new_transformers,
    two_mmcvs,
    two_opencvs,
)
from vlprompt.compat.versions import RANGES, TESTED


@pytest.fixture
def versions(monkeypatch):
    """Pretend that some versions are installed, and everything imports."""
    versions = dict(TESTED)
    using = (check_env, mmcv_version, two_mmcvs, two_opencvs, new_moviepy)
    for module in using:
        monkeypatch.setattr(module, 'installed', versions.get)
    monkeypatch.setattr(check_env, 'failure', lambda module: None)
    # Other tests of this process may have needed some.
    monkeypatch.setattr(check_env.FINDER, 'applied', set())
    return versions


def row(name):
    (result,) = (r for r in check_env.packages() if r.name == name)
    return result


def fault(remedy):
    return check_env._judge(remedy)


def test_the_tested_set_works(versions):
    verdicts = {row.verdict for row in check_env.packages()}
    assert verdicts <= {WORKS, ABSENT}


@pytest.mark.parametrize(
    ('package', 'found', 'fix'),
    [
        ('mmcv-lite', '2.2.0', 'pip install mmcv-lite==2.1.0'),
        ('mmcv-lite', None, 'pip install mmcv-lite==2.1.0'),
        ('open_clip_torch', '4.0.0', 'pip install open_clip_torch==3.3.0'),
        ('torch', '2.1.0', 'pip install torch==2.13.0'),
        ('opencv-python', None, 'pip install opencv-python==5.0.0.93'),
    ],
)
def test_wrong_versions_are_recognized(versions, package, found, fix):
    versions[package] = found
    assert row(package).verdict == BROKEN
    assert row(package).advice == fix


def test_mmcv_in_the_place_of_mmcv_lite(versions):
    del versions['mmcv-lite']
    versions['mmcv'] = '2.1.0'
    assert row('mmcv').verdict == WORKS
    versions['mmcv'] = '2.2.0'
    assert row('mmcv').verdict == BROKEN


@pytest.mark.parametrize(
    ('remedy', 'package', 'found', 'verdict'),
    [
        (mmcv_version, 'mmcv', '2.2.0', BROKEN),
        (mmcv_version, 'mmcv-lite', '2.2.0', BROKEN),
        (mmcv_version, 'mmcv', None, ABSENT),
        (two_mmcvs, 'mmcv', '2.1.0', BROKEN),
        (two_opencvs, 'opencv-python', '4.11.0.86', BROKEN),
        (two_opencvs, 'opencv-contrib-python-headless', '4.11', BROKEN),
        (two_opencvs, 'opencv-python', '5.0.0.93', UNNEEDED),
        (new_moviepy, 'moviepy', '2.1', BROKEN),
        (new_moviepy, 'moviepy', '1.0.3', UNNEEDED),
        (new_moviepy, 'moviepy', None, ABSENT),
    ],
)
def test_faults_are_recognized(versions, remedy, package, found, verdict):
    versions[package] = found
    assert fault(remedy.REMEDY)[0] == verdict
    assert bool(fault(remedy.REMEDY)[1]) == (verdict == BROKEN)


@pytest.mark.parametrize('lacks', [True, False])
def test_new_transformers(versions, monkeypatch, tmp_path, lacks):
    folder = tmp_path / 'transformers'
    folder.mkdir()
    (folder / '__init__.py').touch()
    text = '' if lacks else 'from .x import apply_chunking_to_forward'
    (folder / 'modeling_utils.py').write_text(text)
    # The real one may have been imported.
    monkeypatch.delitem(sys.modules, 'transformers', raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    versions['transformers'] = '4.56.0' if lacks else '4.55.4'
    verdict = REPAIRED if lacks else UNNEEDED
    assert fault(new_transformers.REMEDY)[0] == verdict


def test_faults_that_would_be_repaired_are_broken_without(
    versions, monkeypatch
):
    needed = REMEDIES[2]._replace(is_needed=lambda: True)
    assert fault(needed) == (REPAIRED, '')
    monkeypatch.setattr(check_env, 'DISABLED', True)
    assert fault(needed) == (BROKEN, needed.advice)


def test_a_fault_that_cannot_be_looked_for(versions):
    def fail():
        raise RuntimeError('first\nlast')

    broken = REMEDIES[2]._replace(is_needed=fail)
    assert fault(broken) == (BROKEN, 'last')
    versions.pop(broken.package)
    assert fault(broken) == (ABSENT, '')


def test_the_exit_code_and_the_fixes(versions, monkeypatch, capsys):
    monkeypatch.setattr(check_env, 'faults', lambda: iter(()))
    assert check_env.main() == 0
    versions['torch'] = '2.1.0'
    assert check_env.main() == 1
    assert 'torch: pip install torch==2.13.0' in capsys.readouterr().out


def test_the_ranges_are_those_that_are_required(repository):
    text = (repository / 'requirements/runtime.txt').read_text()
    required = [line.split(';')[0].strip() for line in text.splitlines()]
    for package, (low, below) in RANGES.items():
        both = f'{package}>={low}' + (f',<{below}' if below else '')
        assert both in required or f'{package}=={low}' in required, package


def test_hardware_and_threads(monkeypatch):
    monkeypatch.setenv('OMP_NUM_THREADS', '3')
    lines = dict(check_env.hardware())
    assert lines['Python'].startswith('3.')
    assert 'OMP_NUM_THREADS 3' in lines['threads']
    assert {'bf16, CPU', 'OpenMP', 'cores', 'GPUs'} <= set(lines)


@pytest.mark.parametrize('missing', ['torch', 'mmengine', 'rich'])
def test_it_runs_where_packages_are_missing(missing):
    program = (
        'import sys, runpy\n'
        f"sys.modules['{missing}'] = None\n"
        "runpy.run_module('vlprompt.check_env', run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, '-c', program], capture_output=True, text=True
    )
    assert 'mmengine' in done.stdout, done.stderr
    assert 'Traceback' not in done.stderr
