"""Which lists retrieval takes from each data set of captions."""

from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config

from vlprompt.errors import UserError, suggest


class CaptionSet(NamedTuple):
    """One data set of videos and captions.

    Attributes:
        root: Its folder below the data root.
        train: The list to train on, below that folder.
        test: The list to test on.
        val: The list to choose an epoch by; None if the data set has none,
            in which case the test is also what is watched in training.
        videos: The folder of its videos, below ``root``.
    """

    root: str
    train: str = 'train.json'
    test: str = 'test.json'
    val: str | None = 'val.json'
    videos: str = 'videos'


CAPTION_SETS = {
    'msrvtt9k': CaptionSet(
        'msrvtt', 'train_9k.json', 'test_JSFUSION.json', None
    ),
    'msrvtt7k': CaptionSet(
        'msrvtt', 'train_7k.json', 'test_JSFUSION.json', None
    ),
    'msvd': CaptionSet('msvd'),
    'lsmdc': CaptionSet('lsmdc'),
}


def find_caption_set(name: str) -> CaptionSet:
    """A data set of captions by its name.

    DiDeMo is none of these: its configs also take other frames.

    Raises:
        UserError: If there is none of that name.
    """
    if name not in CAPTION_SETS:
        raise UserError(
            f'no captions of {name!r}{suggest(name, CAPTION_SETS)}: expected '
            f'one of {", ".join(CAPTION_SETS)}; others need a config of their '
            'own, as DiDeMo has (configs/vilt/vilt_b16_didemo.py)'
        )
    return CAPTION_SETS[name]


def point_at_captions(
    config: Config, captions: CaptionSet, data_root: str
) -> None:
    """Let a config train, validate and test on a data set; changed in place.

    With a validation list, the best epoch on it is kept beside the last one.

    Args:
        config: A config of retrieval.
        captions: The data set.
        data_root: The folder that data sets are below.
    """
    root = Path(data_root, captions.root)
    lists = dict(
        train=captions.train,
        val=captions.val or captions.test,
        test=captions.test,
    )
    for name, ann_file in lists.items():
        loader = config.get(f'{name}_dataloader')
        if loader is not None:
            loader.dataset.ann_file = str(root / ann_file)
            loader.dataset.data_prefix = dict(
                video=str(root / captions.videos)
            )
    keep_best = None if captions.val is None else 't2v/R1'
    config.default_hooks.checkpoint.save_best = keep_best
    if keep_best:
        config.default_hooks.checkpoint.rule = 'greater'
