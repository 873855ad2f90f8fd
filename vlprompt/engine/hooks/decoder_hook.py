"""What decodes the videos of a run."""

from typing import Any

from mmengine.hooks import Hook
from mmengine.runner import Runner
from torch.utils.data import DataLoader

from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.registry import HOOKS

KEY = 'decoder'


@HOOKS.register_module()
class DecoderHook(Hook):
    """Logs what decodes the videos, and keeps it in checkpoints.

    Decoders differ in the frames that they give for a number.  A run that
    goes on with another one than it was begun with is warned of.
    """

    def __init__(self) -> None:
        self._begun_with = ''

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Note what a run was begun with."""
        self._begun_with = checkpoint.get('meta', {}).get(KEY, '')

    def before_train(self, runner: Runner) -> None:
        """Log it, and whether it has changed."""
        found = _decoder_of(runner.train_dataloader)
        _log(runner, found)
        if runner._resume and self._begun_with not in ('', found):
            runner.logger.warning(
                f'the run was begun with {self._begun_with}, and goes on with '
                f'{found}: frames may differ'
            )

    def before_test(self, runner: Runner) -> None:
        """Log it."""
        _log(runner, _decoder_of(runner.test_dataloader))

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Keep it in the checkpoint's meta."""
        if found := _decoder_of(runner.train_dataloader):
            checkpoint.setdefault('meta', {})[KEY] = found


def _log(runner: Runner, decoder: str) -> None:
    if decoder:
        runner.logger.info(f'videos are decoded by {decoder}')


def _decoder_of(loader: DataLoader) -> str:
    dataset: Any = loader.dataset
    while hasattr(dataset, 'dataset'):  # RepeatDataset and the like
        dataset = dataset.dataset
    pipeline = getattr(dataset, 'pipeline', None)
    return decoder_name(getattr(pipeline, 'transforms', ()))
