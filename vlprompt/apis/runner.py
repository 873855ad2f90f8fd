"""From a config to a runner."""

from mmengine.config import Config
from mmengine.runner import Runner

from vlprompt.registry import RUNNERS

from .checkpoints import read_checkpoint

WAIT = 600  # seconds, for what the workers of a data loader read
LOADERS = ('train_dataloader', 'val_dataloader', 'test_dataloader')


def build_runner(config: Config) -> Runner:
    """Build MMEngine's runner, or the one that ``runner_type`` names.

    Raises:
        UserError: If the checkpoint to load cannot be read.
    """
    if config.get('load_from') is not None:
        read_checkpoint(config.load_from)
    for name in LOADERS:
        loader = config.get(name)
        if isinstance(loader, dict) and loader.get('num_workers'):
            loader.setdefault('timeout', WAIT)  # not for ever
    if 'runner_type' in config:
        runner = RUNNERS.build(config)
    else:
        runner = Runner.from_cfg(config)
    if isinstance(runner, Runner):
        from vlprompt.engine.hooks import ResumeHook

        runner.register_hook(ResumeHook())
    return runner
