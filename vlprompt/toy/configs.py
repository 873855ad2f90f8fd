"""The configs of the toy world, and their data."""

from pathlib import Path

from mmengine.config import Config

from vlprompt.datasets.lists.descriptions import KEYS


def data_options(
    data: Path, loader: str, classes: str, split: str
) -> dict[str, str]:
    """Config options that run a loader on some classes of a toy world.

    Args:
        data: The folder of the world.
        loader: ``'train'``, ``'val'`` or ``'test'``.
        classes: ``'base'``, ``'novel'`` or ``'all'``.
        split: ``'train'`` or ``'val'``: the clips.
    """
    dataset = f'{loader}_dataloader.dataset'
    return {
        f'{dataset}.ann_file': f'{data}/{classes}_{split}.txt',
        f'{dataset}.classes': f'{data}/{classes}_labels.csv',
        f'{dataset}.data_prefix.video': f'{data}/videos',
    }


def place_descriptions(config: Config, data: Path) -> None:
    """Let texts read the sentences of a toy world; the config is changed.

    Args:
        config: A config whose texts may describe classes.
        data: The folder of the world.
    """
    texts = config.model.get('texts') or {}
    for key in KEYS:
        if key in texts:
            texts[key] = str(data / Path(texts[key]).name)
