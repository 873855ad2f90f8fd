"""Fixtures of all tests."""

from pathlib import Path

import pytest


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
