"""The configs of the toy world, and their data."""

from pathlib import Path

PACKAGE = Path(__file__).parents[1]


def find_config(name: str) -> str:
    """The file of a config, of a checkout or of an installed package.

    Args:
        name: Relative to the folder of all configs: ``'vilt/vilt_toy.py'``.
    """
    checkout = PACKAGE.parent / 'configs'
    folder = checkout if checkout.is_dir() else PACKAGE / '.mim/configs'
    return str(folder / name)


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
