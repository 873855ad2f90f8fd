"""From a config to a runner."""

from mmengine.config import Config
from mmengine.runner import Runner

from vlprompt.registry import RUNNERS

from .checkpoints import read_checkpoint


def build_runner(config: Config) -> Runner:
    """Build MMEngine's runner, or the one that ``runner_type`` names.

    Raises:
        UserError: If the checkpoint to load cannot be read.
    """
    if config.get('load_from') is not None:
        read_checkpoint(config.load_from)
    if 'runner_type' in config:
        runner = RUNNERS.build(config)
    else:
        runner = Runner.from_cfg(config)
    if isinstance(runner, Runner):
        from vlprompt.engine.hooks import ResumeHook

        runner.register_hook(ResumeHook())
    return runner
