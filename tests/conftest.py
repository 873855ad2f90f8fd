"""What all tests share."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')  # before torch is imported

import pytest
from filelock import FileLock

FAST = 'not slow and not e2e'
NOT_THERE = """
raise ModuleNotFoundError(f'No module named {__name__!r}', name=__name__)
"""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--without``."""
    parser.addoption(
        '--without',
        action='append',
        default=[],
        metavar='MODULE',
        help='run as if it were not installed, such as decord',
    )


def pytest_configure(config: pytest.Config) -> None:
    """Without a choice of tests run those that are fast."""
    chosen = config.args_source is pytest.Config.ArgsSource.ARGS
    option = config.option
    if not (chosen or option.markexpr or option.keyword):
        option.markexpr = FAST
    if option.without:
        folder = tempfile.mkdtemp(prefix='without_')
        config.add_cleanup(lambda: shutil.rmtree(folder))
        _hide(option.without, folder)


def _hide(modules: list[str], folder: str) -> None:
    """Have modules not found, here and in processes that are started."""
    for name in modules:
        sys.modules[name] = None
        Path(folder, f'{name}.py').write_text(NOT_THERE)
    paths = [folder, os.environ.get('PYTHONPATH', '')]
    os.environ['PYTHONPATH'] = os.pathsep.join(filter(None, paths))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes long comes first, and is shared out first."""
    items.sort(key=lambda item: -_weight(item))


def _weight(item: pytest.Item) -> int:
    if item.get_closest_marker('e2e'):
        return 2
    return int(item.get_closest_marker('slow') is not None)


@pytest.fixture(scope='session')
def repository() -> Path:
    """The root of the repository."""
    return Path(__file__).parents[1]


@pytest.fixture(scope='session')
def shared_data(repository) -> Path:
    """Real videos, label files and split lists, where there are some."""
    folder = repository.parent / 'shared/data'
    if not folder.is_dir():
        pytest.skip('no shared data at hand')
    return folder


@pytest.fixture(scope='session')
def make_once(tmp_path_factory) -> Callable[[str, Callable], Path]:
    """Makes a folder that all processes of a test run share.

    ``make_once(name, make)`` calls ``make(folder)`` with an empty folder
    unless another process has done so, and returns the folder.
    """
    root = tmp_path_factory.getbasetemp()
    if 'PYTEST_XDIST_WORKER' in os.environ:
        root = root.parent
    root = root / 'shared'

    def make_once(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = root / name, root / f'{name}.done'
        root.mkdir(exist_ok=True)
        with FileLock(root / f'{name}.lock'):
            if not done.exists():
                shutil.rmtree(folder, ignore_errors=True)
                folder.mkdir()
                make(folder)
                done.touch()
        return folder

    return make_once
