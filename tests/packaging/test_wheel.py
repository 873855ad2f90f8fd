"""The wheel: what is in it, and that it works where nothing else is ours."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import venv
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

LARGEST = 6_000_000  # bytes
REPORT = 'work_dirs/quickstart/report.json'
NOT_SHIPPED = (
    'tools/benchmark/',
    'tools/quickstart.',
    'tools/run_tests.sh',
    'tools/setup_env.sh',
)
HUB = """
import vlprompt
from mmengine.hub import get_config
from vlprompt.shipped import find_config
assert get_config('vlprompt::vilt/vilt_toy.py').model.type
assert find_config('vilt/vilt_toy.py').startswith({folder!r})
"""


@pytest.fixture(scope='module')
def sources(repository):
    """The files of the repository, relative to its root."""
    command = ['git', 'ls-files', '-co', '--exclude-standard']
    listed = subprocess.run(
        command, cwd=repository, capture_output=True, text=True
    )
    files = [
        n for n in listed.stdout.split('\n') if (repository / n).is_file()
    ]
    if not files:
        pytest.skip('not a git checkout')
    return files


@pytest.fixture(scope='module')
def wheel(repository, sources, tmp_path_factory):
    """A wheel, made from the source distribution of a clean checkout."""
    folder = tmp_path_factory.mktemp('wheel')
    for name in sources:
        target = folder / 'clean' / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(repository / name, target)
    sdist = [sys.executable, 'setup.py', '-q', 'sdist', '--dist-dir', folder]
    run(sdist, cwd=folder / 'clean')
    (archive,) = folder.glob('*.tar.gz')
    with tarfile.open(archive) as file:
        file.extractall(folder / 'unpacked', filter='data')
    (unpacked,) = (folder / 'unpacked').iterdir()
    pip = [sys.executable, '-m', 'pip', 'wheel', '-q', '--no-deps']
    run([*pip, '--no-build-isolation', '-w', folder, unpacked])
    (path,) = folder.glob('*.whl')
    return path


@pytest.fixture(scope='module')
def installed(wheel, tmp_path_factory):
    """The programs of an environment with the wheel, and what it requires.

    What it requires is not installed again but looked up where it is; ``.pth``
    files there are not, so a checkout that is installed is not seen.
    """
    folder = tmp_path_factory.mktemp('installed') / 'venv'
    venv.create(folder)
    programs = folder / ('Scripts' if os.name == 'nt' else 'bin')
    query = 'import sysconfig; print(sysconfig.get_path("purelib"))'
    python = programs / Path(sys.executable).name
    packages = Path(run([python, '-c', query]).strip())
    ours = [p for p in sys.path if Path(p).name.endswith('-packages')]
    (packages / 'required.pth').write_text('\n'.join(ours))
    pip = [sys.executable, '-m', 'pip', '--python', python, 'install', '-q']
    run([*pip, '--no-deps', '--no-index', '--ignore-installed', wheel])
    return programs


def run(command, **kwargs):
    """Run a command outside the checkout, and return what it prints."""
    env = {k: v for k, v in os.environ.items() if k != 'PYTHONPATH'}
    done = subprocess.run(
        [str(part) for part in command],
        capture_output=True,
        text=True,
        env={**env, 'OMP_NUM_THREADS': '1'},
        **kwargs,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_contents_are_the_package_the_configs_and_the_tools(
    wheel, sources
):
    expected = {n for n in sources if n.startswith('vlprompt/')}
    expected |= {
        f'vlprompt/.mim/{name}'
        for name in sources
        if name.startswith(('configs/', 'tools/', 'model-index.yml'))
        and not name.startswith(NOT_SHIPPED)
    }
    found = {n for n in ZipFile(wheel).namelist() if '.dist-info/' not in n}
    assert sorted(found - expected) == []
    assert sorted(expected - found) == []
    assert 'vlprompt/py.typed' in found


def test_it_is_small(wheel):
    assert wheel.stat().st_size < LARGEST


def test_its_metadata(wheel):
    file = ZipFile(wheel)
    (name,) = (n for n in file.namelist() if n.endswith('/METADATA'))
    facts = Parser().parsestr(file.read(name).decode())
    extras = set(facts.get_all('Provides-Extra'))
    used = {
        'analysis',
        'export',
        'ray',
        'search',
        'slurm',
        'tokenizers',
        'track',
        'video',
        'web',
    }
    assert extras == used | {'all', 'docs', 'tests'}
    lines = facts.get_all('Requires-Dist')
    every = {line.partition(';')[0] for line in lines if '"all"' in line}
    for extra in used:
        own = {n.partition(';')[0] for n in lines if f'"{extra}"' in n}
        assert own and own <= every


def test_the_command_runs_outside_of_the_checkout(installed, tmp_path):
    def vlprompt(*words):
        return run([installed / 'vlprompt', *words], cwd=tmp_path)

    assert 'usage' in vlprompt('--help')
    assert 'Known faults of packages' in vlprompt('env')
    assert 'vilt_toy' in vlprompt('models')
    assert '--epochs' in vlprompt('demo', '--help')
    assert '--amp' in vlprompt('train', '--help')
    copied = vlprompt('models', 'copy', 'vilt_b16_k400', '.')
    assert 'vilt_b16_k400.py' in copied


def test_the_configs_are_those_in_the_wheel(installed, tmp_path):
    python = installed / Path(sys.executable).name
    program = HUB.format(folder=str(installed.parent))
    run([python, '-c', program], cwd=tmp_path)


def test_its_quickstart_is_that_of_a_clone(installed, repository, tmp_path):
    flags = ['demo', '--epochs=1', '--world', 'num-train=1', 'num-val=1']
    for name in ('wheel', 'clone'):
        (tmp_path / name).mkdir()
    run([installed / 'vlprompt', *flags], cwd=tmp_path / 'wheel')
    clone = 'import sys; sys.path.insert(0, {!r}); import vlprompt.__main__'
    clone = f'{clone.format(str(repository))} as m; m.main()'
    run([sys.executable, '-c', clone, *flags], cwd=tmp_path / 'clone')
    wheel, clone = (
        json.loads((tmp_path / name / REPORT).read_text())
        for name in ('wheel', 'clone')
    )
    assert wheel['results'] == clone['results']
    assert wheel['configuration'] == clone['configuration']
