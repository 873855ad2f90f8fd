"""Fixtures of the tests of configs."""

import pytest
from mmengine.config import config
from mmengine.hub import hub


@pytest.fixture
def packaged(repository, tmp_path, monkeypatch):
    """The folder of an installed vlprompt, as MMEngine's hub looks for it."""
    mim = tmp_path / 'vlprompt/.mim'
    mim.mkdir(parents=True)
    for name in ('configs', 'model-index.yml'):
        (mim / name).symlink_to(repository / name)
    for module in (config, hub):
        monkeypatch.setattr(
            module, 'get_installed_path', lambda package: str(mim.parent)
        )
    return mim.parent
