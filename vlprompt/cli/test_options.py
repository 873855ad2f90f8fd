"""What the flags of evaluation do to a config, and what comes of it."""

import json
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.dist import master_only

from vlprompt.errors import UserError
from vlprompt.whole_files import write_text


def dump_predictions(config: Config, path: str) -> None:
    """Write the predictions to a pickle file."""
    if not path.endswith(('.pkl', '.pickle')):
        raise UserError(f'--dump {path}: expected a name that ends in .pkl')
    evaluators = config.test_evaluator
    if not isinstance(evaluators, (list, tuple)):
        evaluators = [evaluators]
    config.test_evaluator = [
        *evaluators,
        dict(type='DumpResults', out_file_path=path),
    ]


def visualize(
    config: Config,
    show: bool,
    out_dir: str | None,
    interval: int,
    wait_time: float,
) -> None:
    """Draw predictions into a window or a folder."""
    if config.get('visualizer') is None:
        config.visualizer = dict(type='ActionVisualizer')
    hooks = dict(config.get('default_hooks') or {})
    hook = hooks.get('visualization') or dict(type='VisualizationHook')
    flags = dict(
        show=show, out_dir=out_dir, interval=interval, wait_time=wait_time
    )
    hooks['visualization'] = {**hook, 'enable': True, **flags}
    config.default_hooks = hooks


def skip_broken_videos(config: Config) -> None:
    """Count the videos that cannot be read instead of stopping at one."""
    config.test_dataloader.dataset.on_broken = 'skip'


@master_only
def write_metrics(
    metrics: dict[str, Any], work_dir: str, decoder: str
) -> None:
    """Write ``metrics.json``, numbers as they are, into a work folder.

    Args:
        metrics: Of a test.
        work_dir: The folder.
        decoder: What decoded the videos.
    """
    content = {**metrics, 'decoder': decoder}
    text = json.dumps(content, indent=2, default=float)
    write_text(Path(work_dir, 'metrics.json'), f'{text}\n')
