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
def test_loaders_wait_for_the_workers_they_have(tmp_path, given, left):
    wanted = config(tmp_path, **given)
    build_runner(wanted)
    loader = wanted.test_dataloader.to_dict()
    known = {
        k: v for k, v in loader.items() if k not in ('dataset', 'sampler')
    }
    assert known == left
