"""Videos with classes that have names."""

import logging
from collections.abc import Sequence
from pathlib import Path

from mmaction.datasets import VideoDataset
from mmengine.logging import print_log

from vlprompt.registry import DATASETS

from .lists.annotations import read_annotations
from .lists.class_names import clean_names, read_class_list
from .lists.hmdb51_order import class_order
from .lists.video_files import find_video_files
from .seeded_video_dataset import (
    BROKEN,
    BrokenVideo,
    SeededVideoDataset,
)

__all__ = ['BROKEN', 'BrokenVideo', 'VideoClassDataset']


@DATASETS.register_module()
class VideoClassDataset(SeededVideoDataset, VideoDataset):
    """Videos and the classes they belong to, by name.

    The class names are ``metainfo['classes']``, from which a model takes its
    texts; ``metainfo['class_order']`` tells whether they are in the published
    order of HMDB-51, see :func:`class_order`.  A video that is not at its
    path is looked for by its name, see :class:`PathResolver`.

    Args:
        ann_file: List of videos, see :func:`read_annotations`.
        pipeline: MMAction2's or our transforms.
        classes: Class list, see :func:`read_class_list`.
        text_clean: How class names are turned into text, see
            :func:`load_class_names`.
        order: Of the class names, see :func:`read_class_list`.
        data_prefix: ``video``: the folder that the paths are below.
        kwargs: Of :class:`SeededVideoDataset` and MMAction2's
            ``VideoDataset``.

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
        order: str = 'official',
        data_prefix: dict | None = None,
        **kwargs,
    ) -> None:
        self._class_list = classes
        self._written = read_class_list(classes, order)
        names = clean_names(self._written.names, text_clean)
        super().__init__(
            ann_file,
            pipeline,
            metainfo=dict(classes=names),
            data_prefix=data_prefix or dict(video=''),
            **kwargs,
        )
        # Not above: MMEngine takes a text there for the name of a file.
        self._metainfo['class_order'] = class_order(names)

    def load_data_list(self) -> list[dict]:
        """The videos of the list, with paths below the folder."""
        videos = read_annotations(
            self.ann_file,
            self.metainfo['classes'],
            self._written.names,
            self._written.first_id,
            self.data_prefix['video'],
        )
        if self.test_mode:
            self._warn_of_unused({video.label for video in videos})
        files = find_video_files(
            Path(self.data_prefix['video']),
            [video.path for video in videos],
            self.ann_file,
        )
        return [
            dict(filename=file, label=video.label)
            for file, video in zip(files, videos, strict=True)
        ]

    def _warn_of_unused(self, labels: set[int]) -> None:
        total = len(self.metainfo['classes'])
        if len(labels) < total:
            named = isinstance(self._class_list, str | Path)
            of = f' of {self._class_list}' if named else ''
            print_log(
                f'{self.ann_file} uses {len(labels)} of the {total} classes'
                f'{of}',
                'current',
                logging.WARNING,
            )
