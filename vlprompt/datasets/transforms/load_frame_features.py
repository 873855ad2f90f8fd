import json
import os
from pathlib import Path

from mmcv.transforms import BaseTransform

from vlprompt.datasets.feature_store import FeatureStore
from vlprompt.errors import UserError
from vlprompt.registry import TRANSFORMS


@TRANSFORMS.register_module()
class LoadFrameFeatures(BaseTransform):
    """Takes embeddings of frames in the place of frames.

    They become ``imgs`` of one pixel with E channels, (V, E, T, 1, 1), which
    a model with a :class:`StoredFramesTower` takes.  The views that were
    encoded are all there is: nothing is drawn.

    Args:
        folder: Of a :class:`FeatureStore`.
        root: The folder that the names in ``split`` are below.
        split: ``split.json`` of :func:`train_folder`, or ``videos.json`` of
            ``vlprompt data features``, which knows the digest of each video;
            null of one that could not be read.

    Raises:
        UserError: If it cannot be read, or a video has no embeddings.
        OSError: If the video itself could not be read.
    """

    def __init__(self, folder: str, root: str, split: str) -> None:
        self.store = FeatureStore(folder)
        self.root = root
        self.digests = _read_digests(split)

    def transform(self, results: dict) -> dict:
        """Add ``imgs`` to the results of a data set."""
        name = os.path.relpath(results['filename'], self.root)
        if name not in self.digests:
            raise UserError(f'{self.store.folder}: no features of {name}')
        if self.digests[name] is None:
            raise OSError(f'{name} could not be encoded')
        features = self.store[self.digests[name]]
        # (V, T, E) -> (V, E, T, 1, 1)
        images = features.transpose(1, 2)[..., None, None]
        results['imgs'] = images.contiguous()
        return results


def _read_digests(split: str) -> dict[str, str | None]:
    try:
        videos = json.loads(Path(split).read_text('utf-8'))['videos']
        return {
            os.path.normpath(name): video['digest']
            for name, video in videos.items()
        }
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise UserError(f'{split}: no split of videos') from error
