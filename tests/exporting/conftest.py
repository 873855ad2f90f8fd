"""The toy CLIP, and the configs of all methods in its size."""

from pathlib import Path

import pytest
import torch

from vlprompt.toy.clip_file import expand
from vlprompt.toy.files import CLIP, SHIPPED


@pytest.fixture(scope='session')
def toy_clip(make_once) -> str:
    """The file of the toy CLIP's weights."""
    folder = make_once('toy_clip', lambda f: expand(SHIPPED / CLIP, f / CLIP))
    return str(Path(folder) / CLIP)


@pytest.fixture(autouse=True)
def _one_thread():
    """Sums in one order: what is compared is a program, not a machine."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)
