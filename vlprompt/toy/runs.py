"""Training and testing of the quickstart, in this process."""

from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config
from mmengine.hooks import Hook
from mmengine.runner import Runner

from vlprompt.analysis.predictions import read_dump
from vlprompt.apis import build_runner, load_config, set_work_dir
from vlprompt.cli.test_options import dump_predictions, write_metrics
from vlprompt.cli.train_options import set_randomness
from vlprompt.datasets import load_class_names
from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.records import RecordHook
from vlprompt.shipped import find_config
from vlprompt.visualization import draw_contact_sheet

from .configs import data_options
from .files import CLIP
from .progress import Stage

PREDICTIONS = 'predictions.pkl'
SHOWN = 8  # clips on the contact sheet


class StageHook(Hook):
    """Shows how far a run is.

    Args:
        stage: What shows it.
    """

    def __init__(self, stage: Stage) -> None:
        self.stage = stage

    def before_train(self, runner: Runner) -> None:
        """Count the iterations."""
        self.stage.expect(runner.max_iters)

    def after_train_iter(self, runner: Runner, *args, **kwargs) -> None:
        """One is done."""
        self.stage.advance()

    def before_test(self, runner: Runner) -> None:
        """Count the batches."""
        self.stage.expect(len(runner.test_dataloader))

    def after_test_iter(self, runner: Runner, *args, **kwargs) -> None:
        """One is done."""
        self.stage.advance()


class Run(NamedTuple):
    """A config in the toy world.

    Attributes:
        config: Such as ``'vilt/vilt_toy.py'``.
        data: The folder of the world.
        out: The folder of logs and results.
    """

    config: str
    data: Path
    out: Path

    def train(self, seed: int, epochs: int | None, stage: Stage) -> str:
        """Train on the base classes; returns the checkpoint."""
        options = data_options(self.data, 'train', 'base', 'train')
        if epochs is not None:
            options['train_cfg.max_epochs'] = epochs
        config = self._load(options)
        epochs = config.train_cfg.max_epochs
        config.default_hooks.checkpoint.interval = epochs
        config.val_cfg = config.val_dataloader = config.val_evaluator = None
        set_randomness(config, seed, False, False)
        runner = build_runner(config)
        runner.register_hook(StageHook(stage))
        runner.register_hook(RecordHook())
        runner.train()
        return str(self.out / f'epoch_{epochs}.pth')

    def test(
        self, checkpoint: str | None, classes: str, stage: Stage
    ) -> dict[str, float]:
        """Test on base or novel classes; returns the metrics.

        The predictions are written to the folder too.
        """
        config = self._load(data_options(self.data, 'test', classes, 'val'))
        config.load_from = checkpoint
        dump_predictions(config, str(self.out / PREDICTIONS))
        runner = build_runner(config)
        runner.register_hook(StageHook(stage))
        runner.register_hook(RecordHook())
        metrics = runner.test()
        pipeline = config.test_dataloader.dataset.pipeline
        write_metrics(metrics, str(self.out), decoder_name(pipeline))
        return {name: float(value) for name, value in metrics.items()}

    def _load(self, options: dict[str, Any]) -> Config:
        clip = {'model.clip.pretrained': str(self.data / CLIP)}
        config = load_config(find_config(self.config), {**options, **clip})
        set_work_dir(config, str(self.out))
        return config


def draw(folder: Path, classes: Path, path: Path, stage: Stage) -> None:
    """Draw some of the clips that were tested with the predictions.

    Args:
        folder: Where the test has left its predictions.
        classes: The class names.
        path: The picture.
        stage: What shows how far it is.
    """
    predictions = read_dump(folder / PREDICTIONS)
    step = max(1, len(predictions) // SHOWN)
    chosen = predictions[step // 2 :: step][:SHOWN]
    stage.expect(len(chosen))
    draw_contact_sheet(
        chosen,
        load_class_names(classes),
        path,
        'ViLT-CLIP on classes it was not trained on',
    )
    stage.advance(len(chosen))
