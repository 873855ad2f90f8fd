"""Let configs read other lists of videos than they say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from vlprompt.errors import UserError

from .catalog import CaptionData, ProtocolData, Split

if TYPE_CHECKING:
    from mmengine.config import Config

LOADERS = ('train', 'val', 'test')


def use_split(
    loader: Config,
    data: ProtocolData,
    split: Split,
    data_root: str,
    order: str,
) -> None:
    """Let a loader read a split; changed in place.

    Args:
        loader: A config's data loader.
        data: The data set.
        split: Its list and classes.
        data_root: The folder that data sets are below.
        order: Of the class names of HMDB-51, see ``load_class_names``.
    """
    root = Path(data_root, data.root)
    dataset = loader.dataset
    dataset.ann_file = str(root / split.ann_file)
    dataset.classes = split.classes
    if isinstance(split.classes, str):
        dataset.classes = split.classes.replace('{root}', str(root))
    dataset.data_prefix = dict(video=str(root / data.videos))
    dataset.pop('order', None)
    if order != 'official' and 'hmdb51' in split.classes:
        dataset.order = order


def use_captions(config: Config, data: CaptionData, data_root: str) -> None:
    """Let a config train, validate and test on captions; changed in place.

    With a validation list, the best epoch on it is kept beside the last one.

    Args:
        config: A config of retrieval.
        data: The data set.
        data_root: The folder that data sets are below.

    Raises:
        UserError: If the data set needs a config of its own.
    """
    root = Path(data_root, data.root)
    own = Path(config.test_dataloader.dataset.ann_file).parent.name
    if data.own_config and own != data.root:
        raise UserError(
            f'{config.filename} does not read the frames that count of '
            f'{data.title}, which has configs of its own, such as '
            f'configs/vilt/vilt_b16_{data.root}.py'
        )
    lists = dict(train=data.train, val=data.val or data.test, test=data.test)
    for name, ann_file in lists.items():
        loader = config.get(f'{name}_dataloader')
        if loader is not None:
            loader.dataset.ann_file = str(root / ann_file)
            loader.dataset.data_prefix = dict(video=str(root / 'videos'))
    hook = config.default_hooks.checkpoint
    hook.save_best = 't2v/R1' if data.val else None
    if data.val:
        hook.rule = 'greater'


def relocate(config: Config, data_root: str) -> None:
    """Let all loaders of a config read below another folder than ``data``.

    Args:
        config: The config; changed in place.
        data_root: The folder; paths that do not begin with ``data`` stay.
    """
    for name in LOADERS:
        loader = config.get(f'{name}_dataloader')
        if loader is not None:
            dataset = loader.dataset
            dataset.ann_file = _below(dataset.ann_file, data_root)
            video = _below(dataset.data_prefix.video, data_root)
            dataset.data_prefix.video = video
            if isinstance(dataset.get('classes'), str):  # maybe a file
                dataset.classes = _below(dataset.classes, data_root)


def _below(path: str, data_root: str) -> str:
    if Path(path).parts[:1] != ('data',):
        return path
    return str(Path(data_root, *Path(path).parts[1:]))
