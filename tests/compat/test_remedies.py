"""Each remedy: that upstream needs it, that it works, what it says."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from vlprompt.compat import FINDER, OURS, REMEDIES

SYMPTOMS = Path(__file__).with_name('symptoms.py')
# Not everywhere: with a torchvision that fits, with a GPU, without MLflow.
OF_THE_MACHINE = ('torchvision_operators', 'amp_on_cpu', 'mlflow_store')


@pytest.fixture(scope='module')
def report(repository, tmp_path_factory):
    """What each fault is like, in a process without remedies."""
    command = [sys.executable, SYMPTOMS, tmp_path_factory.mktemp('fake') / 'x']
    env = {'VLPROMPT_NO_COMPAT': '1', 'PYTHONPATH': str(repository)}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**os.environ, **env},
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.slow
@pytest.mark.parametrize('remedy', REMEDIES, ids=lambda r: r.name)
def test_upstream_still_needs_it_and_it_works(report, remedy):
    found = report[remedy.name]
    if remedy.name in OF_THE_MACHINE and not found['needed']:
        assert found['before'] is None or 'install' in found['before']
        pytest.skip('not a fault of this machine')
    assert found['before'], (
        f'{remedy.package} no longer needs vlprompt/compat/{remedy.name}.py: '
        'delete it'
    )
    if remedy.apply:
        assert found['needed']
        assert found['after'] is None


def test_each_file_is_listed_once(repository):
    folder = repository / 'vlprompt/compat'
    files = {
        path.stem
        for path in folder.glob('*.py')
        if 'REMEDY = ' in path.read_text(encoding='utf-8')
    }
    names = [remedy.name for remedy in (*REMEDIES, *OURS)]
    assert sorted(names) == sorted(files)


@pytest.mark.parametrize('remedy', REMEDIES, ids=lambda r: r.name)
def test_each_says_what_is_wrong_and_what_to_do(remedy):
    assert 20 < len(remedy.reason) < 70
    assert remedy.advice
    assert '\n' not in remedy.reason + remedy.advice
    assert bool(remedy.apply) <= bool(remedy.before or remedy.after)
    assert not (remedy.before and remedy.after)


def test_the_modules_they_are_about_exist():
    from importlib.util import find_spec

    for name in FINDER.modules:
        assert find_spec(name) is not None, name


def test_the_documentation_lists_them(repository):
    text = (repository / 'docs/installation.md').read_text(encoding='utf-8')
    table = text.partition('| package | fault | |\n')[2].partition('\n\n')[0]
    rows = table.splitlines()[1:]
    expected = [
        f'| `{r.package}` | {r.reason} | '
        f'{"repaired" if r.apply else f"`{r.advice}`"} |'
        for r in REMEDIES
    ]
    assert rows == expected
