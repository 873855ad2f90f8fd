"""Videos with classes that have names."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from decord import DECORDError
from mmaction.datasets import VideoDataset

from vlprompt.errors import UserError
from vlprompt.registry import DATASETS

from .annotations import read_annotations
from .class_names import load_class_names
from .random_streams import seeded

BROKEN = 'broken_videos'
UNREADABLE = (RuntimeError, OSError, DECORDError)
POLICIES = ('raise', 'replace', 'skip')
# What decord puts before a message: a time, a place in its source, twice.
DECORD_PREFIX = re.compile(r'\[[\d:]+\] \S+:\d+: ')


class BrokenVideo(NamedTuple):
    """A file that cannot be read, and why."""

    filename: str
    reason: str

    def __str__(self) -> str:
        """One line for logs and errors."""
        return f'{self.filename} ({self.reason})'


@DATASETS.register_module()
class VideoClassDataset(VideoDataset):
    """Videos and the classes they belong to, by name.

    The class names are ``metainfo['classes']``, from which a model takes its
    texts.  What is drawn for a sample depends on ``(seed, epoch, index)``
    alone, so neither the number of workers nor a resumed run changes it.  In
    testing the epoch is 0; in training ``EpochSeedHook`` sets it, and without
    one (None) samples are drawn from the generators of the process.

    Args:
        ann_file: List of videos, see :func:`read_annotations`.
        pipeline: MMAction2's or our transforms.
        classes: Class list, see :func:`load_class_names`.
        text_clean: How class names are turned into text, see there.
        data_prefix: ``video``: the folder that the paths are below.
        on_broken: What happens with a video that cannot be read: ``'raise'``
            names it and stops (the default for testing), ``'replace'`` takes
            another clip (for training), and so does ``'skip'``, for testing:
            the clip is marked and the metric leaves it out.
        seed: Of everything that is drawn; in training ``EpochSeedHook`` sets
            it to the run's.
        kwargs: MMAction2's ``VideoDataset``.

    Raises:
        UserError: If the list, its labels, the class list or the folder do
            not fit; in ``__getitem__``, names a video that cannot be read.
    """

    def __init__(
        self,
        ann_file: str,
        pipeline: list,
        classes: str | Sequence[str],
        text_clean: str = 'none',
        data_prefix: dict | None = None,
        on_broken: str | None = None,
        seed: int = 0,
        test_mode: bool = False,
        **kwargs,
    ) -> None:
        self.on_broken = on_broken or ('raise' if test_mode else 'replace')
        if self.on_broken not in POLICIES:
            raise UserError(
                f'on_broken={on_broken!r}, expected one of {list(POLICIES)}'
            )
        self.seed = seed
        self.epoch = 0 if test_mode else None
        self._written_names = load_class_names(classes)
        names = load_class_names(classes, text_clean)
        super().__init__(
            ann_file,
            pipeline,
            metainfo=dict(classes=names),
            data_prefix=data_prefix or dict(video=''),
            test_mode=test_mode,
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """The videos of the list, with paths below the folder."""
        videos = read_annotations(
            self.ann_file, self.metainfo['classes'], self._written_names
        )
        root = Path(self.data_prefix['video'])
        if not root.is_dir():
            raise UserError(
                f'no folder of videos at {root} (docs/data.md, "Layout", '
                'says what belongs there)'
            )
        if not any((root / video.path).is_file() for video in videos[:50]):
            raise UserError(
                f'{root} has none of the first videos of {self.ann_file}, '
                f'such as {videos[0].path} (docs/data.md, "Layout", says '
                'what belongs there)'
            )
        return [
            dict(filename=str(root / video.path), label=video.label)
            for video in videos
        ]

    def __getitem__(self, idx: int) -> dict:
        """One sample, through the pipeline."""
        if self.epoch is None:
            return self._read(idx)
        with seeded(self.seed, self.epoch, idx):
            return self._read(idx)

    def _read(self, idx: int) -> dict:
        broken = []
        for _ in range(self.max_refetch + 1):
            info = self.get_data_info(idx)
            try:
                sample = self.pipeline(info)
            except UNREADABLE as error:
                name = self.get_data_info(idx)['filename']
                broken.append(BrokenVideo(name, _reason(error)))
                if self.on_broken == 'raise':
                    break
                idx = np.random.randint(len(self))
                continue
            if broken:
                sample['data_samples'].set_metainfo({BROKEN: broken})
            return sample
        more = f' and {len(broken) - 3} more' if len(broken) > 3 else ''
        raise UserError(f'cannot read {"; ".join(map(str, broken[:3]))}{more}')


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = DECORD_PREFIX.sub('', ' '.join(str(error).split()))
    return text[:120] or type(error).__name__
