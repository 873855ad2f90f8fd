"""What the data sets log."""

import logging

import pytest
from mmengine.logging import MMLogger


@pytest.fixture
def logged():
    """The lines that are logged, each with its level in front."""
    lines = []
    handler = logging.Handler()
    handler.emit = lambda r: lines.append(f'{r.levelname} {r.getMessage()}')
    logger = MMLogger.get_current_instance()
    logger.addHandler(handler)
    yield lines
    logger.removeHandler(handler)
