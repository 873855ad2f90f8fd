"""What a runner is given beside its config."""

import pytest
from mmengine.config import Config
from mmengine.runner import Runner

from vlprompt.apis.runner import WAIT, build_runner


@pytest.mark.parametrize(
    ('given', 'left'),
    [
        (dict(num_workers=2), dict(num_workers=2, timeout=WAIT)),
        (dict(num_workers=2, timeout=5), dict(num_workers=2, timeout=5)),
        # the config of an earlier run, and --cfg-options of this one
        (
            dict(
                num_workers=0,
                timeout=WAIT,
                persistent_workers=True,
                prefetch_factor=2,
            ),
            dict(num_workers=0),
        ),
    ],
)
def test_loaders_wait_for_the_workers_they_have(monkeypatch, given, left):
    made = []
    monkeypatch.setattr(Runner, 'from_cfg', made.append)
    build_runner(Config(dict(model=dict(), test_dataloader=given)))
    assert made[0].test_dataloader.to_dict() == left
