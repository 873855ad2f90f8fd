"""From a config to a runner."""

from mmengine.config import Config
from mmengine.runner import Runner

from vlprompt.registry import RUNNERS

from .checkpoints import read_checkpoint
from .preprocessing import LOADERS, warn_of_other_preprocessing

# What stops runs that would give numbers without a meaning.
GUARDS = ('FiniteLossHook', 'FiniteScoresHook', 'BatchOfOneHook')

WAIT = 600  # seconds, for what the workers of a data loader read


def build_runner(config: Config) -> Runner:
    """Build MMEngine's runner, or the one that ``runner_type`` names.

    It gets the hooks of ``GUARDS``, if the config does not list them.

    Raises:
        UserError: If the checkpoint to load cannot be read.
    """
    warn_of_other_preprocessing(config)
    if config.get('load_from') is not None:
        read_checkpoint(config.load_from)
    for name in LOADERS:
        loader = config.get(name)
        if isinstance(loader, dict):
            _suit_workers(loader)
    hooks = list(config.get('custom_hooks') or ())
    kinds = [hook.get('type') for hook in hooks if isinstance(hook, dict)]
    names = (getattr(kind, '__name__', str(kind)) for kind in kinds)
    listed = {name.rpartition('.')[2] for name in names}
    config.custom_hooks = hooks + [
        dict(type=f'vlprompt.{guard}')
        for guard in GUARDS
        if guard not in listed
    ]
    if 'runner_type' in config:
        runner = RUNNERS.build(config)
    else:
        runner = Runner.from_cfg(config)
    if isinstance(runner, Runner):
        from vlprompt.engine.hooks import ResumeHook

        runner.register_hook(ResumeHook())
    return runner


def _suit_workers(loader: dict) -> None:
    """Let a loader not wait for ever, or for workers that it has not."""
    if loader.get('num_workers'):
        loader.setdefault('timeout', WAIT)
        return
    for key in ('timeout', 'persistent_workers', 'prefetch_factor'):
        loader.pop(key, None)
