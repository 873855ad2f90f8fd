"""Hooks that are set to None are left out."""

from mmengine.config import ConfigDict

from vlprompt.apis.runner import _drop_hooks


def test_hooks_that_mmengine_does_not_add_are_left_out():
    """MMEngine has an assertion where it finds None in their place."""
    config = ConfigDict(
        default_hooks=dict(
            average=None, timer=None, logger=dict(type='LoggerHook')
        )
    )
    _drop_hooks(config)
    assert {*config.default_hooks} == {'timer', 'logger'}
    assert config.default_hooks.timer is None  # of these it takes it
