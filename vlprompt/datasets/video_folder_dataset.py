"""Videos in folders of their classes."""

import json
from collections.abc import Sequence
from pathlib import Path

from vlprompt.errors import UserError
from vlprompt.registry import DATASETS

from .folders import FolderVideo, draw_split, find_sources_of, read_folder
from .video_class_dataset import VideoClassDataset

PARTS = ('train', 'val', 'all')


@DATASETS.register_module()
class VideoFolderDataset(VideoClassDataset):
    """Videos in ``folder/<class>/``, or with ``train/`` and ``val/`` above.

    A folder that is not divided is divided by the names of the files, so that
    clips of one source stay on one side, see :func:`draw_split`; or as the
    ``split.json`` says that ``vlprompt train FOLDER`` has written, which has
    looked into the videos too.

    Args:
        folder: The folder.
        pipeline: MMAction2's or our transforms.
        part: ``'train'``, ``'val'`` or ``'all'``.
        split: A ``split.json``; by names if not given.
        val_share: For validation, if the folder is not divided.
        split_seed: Of the division.
        kwargs: Of :class:`VideoClassDataset`, but for lists and classes.

    Raises:
        UserError: See :func:`read_folder`; and if the part is none, or the
            split has no videos of the folder.
    """

    def __init__(
        self,
        folder: str,
        pipeline: list,
        part: str = 'all',
        split: str | None = None,
        val_share: float = 0.2,
        split_seed: int = 0,
        **kwargs,
    ) -> None:
        if part not in PARTS:
            raise UserError(f'part={part!r}, expected one of {list(PARTS)}')
        content = read_folder(folder)
        self._videos = content.videos
        if part != 'all' and split is not None:
            self._videos = _listed(split, content.videos, part)
        elif part != 'all':
            sides = [video.side for video in content.videos]
            if not content.is_divided:
                sides = draw_split(
                    [video.label for video in content.videos],
                    find_sources_of(content.videos, content.folders),
                    val_share,
                    split_seed,
                )
            pairs = zip(content.videos, sides, strict=True)
            self._videos = [video for video, side in pairs if side == part]
        super().__init__(
            str(folder),
            pipeline,
            content.classes,
            data_prefix=dict(video=str(folder)),
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """The videos of the part, class by class."""
        if self.test_mode:
            self._warn_of_unused({video.label for video in self._videos})
        root = Path(self.data_prefix['video'])
        return [
            dict(filename=str(root / video.path), label=video.label)
            for video in self._videos
        ]


def _listed(
    split: str, videos: Sequence[FolderVideo], part: str
) -> list[FolderVideo]:
    try:
        content = dict(json.loads(Path(split).read_text('utf-8'))['videos'])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(
            f'{split}, expected the split.json of `vlprompt train FOLDER` '
            f'({error})'
        ) from error
    found = [
        video
        for video in videos
        if content.get(video.path, {}).get('side') == part
    ]
    if not found:
        raise UserError(f'{split} has no videos of this folder in {part!r}')
    return found
