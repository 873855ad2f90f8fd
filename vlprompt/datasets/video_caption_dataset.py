"""Videos with captions."""

from pathlib import Path

from vlprompt.registry import DATASETS

from .lists.captions import read_captions
from .lists.video_files import find_video_files
from .seeded_video_dataset import SeededVideoDataset


@DATASETS.register_module()
class VideoCaptionDataset(SeededVideoDataset):
    """Videos and what is said about them, for retrieval.

    In training every caption is a sample, together with its video
    (``text`` is a string).  In testing every video is a sample, with all its
    captions (``text`` is a list), so that it is decoded and encoded once.
    The metric tells videos apart by ``sample_idx``: pack it with ``text``
    (``meta_keys`` of ``PackActionInputs``).

    Args:
        ann_file: JSON file of videos and captions, see
            :func:`read_captions`.
        pipeline: MMAction2's or our transforms.
        data_prefix: ``video``: the folder that the paths are below; a
            video that is not there is looked for by its name.
        kwargs: Of :class:`SeededVideoDataset`.

    Raises:
        UserError: If the file or the folder do not fit; in ``__getitem__``,
            names a video that cannot be read.
    """

    def __init__(
        self,
        ann_file: str,
        pipeline: list,
        data_prefix: dict | None = None,
        **kwargs,
    ) -> None:
        super().__init__(
            ann_file,
            pipeline,
            data_prefix=data_prefix or dict(video=''),
            **kwargs,
        )

    def load_data_list(self) -> list[dict]:
        """The videos or pairs, with paths below the folder."""
        videos = read_captions(self.ann_file, self.data_prefix['video'])
        files = find_video_files(
            Path(self.data_prefix['video']),
            [video.path for video in videos],
            self.ann_file,
            page='retrieval#2-lists',
        )
        named = [
            (file, video.captions)
            for file, video in zip(files, videos, strict=True)
        ]
        if self.test_mode:
            return [dict(filename=name, text=texts) for name, texts in named]
        return [
            dict(filename=name, text=text)
            for name, texts in named
            for text in texts
        ]
