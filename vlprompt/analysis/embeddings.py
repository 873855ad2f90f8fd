"""Videos of a test set as points in the space of a model."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import torch
from mmengine.config import Config
from mmengine.runner import Runner
from rich.progress import track
from torch import Tensor
from torch.utils.data import Dataset

from vlprompt.apis.inference import scope_of
from vlprompt.clips.encoding import embed_visual
from vlprompt.datasets.pipelines import single_view_pipeline
from vlprompt.errors import UserError
from vlprompt.finite import refuse_non_finite
from vlprompt.models import VideoTextRecognizer
from vlprompt.models.features import unit
from vlprompt.models.layers.temporal import masked_mean
from vlprompt.registry import DATASETS


class Embeddings(NamedTuple):
    """N embedded videos.

    Attributes:
        files: The N videos.
        labels: (N,) their classes.
        class_names: All class names of the test set.
        features: (N, E), L2-normalised.
    """

    files: list[str]
    labels: np.ndarray
    class_names: tuple[str, ...]
    features: np.ndarray


def embed_videos(
    model: VideoTextRecognizer, inputs: Tensor, data_samples: list
) -> Tensor:
    """(B, V, 3, T, H, W) to the (B, E) unit features that are compared."""
    visual, _ = model.extract_feat(
        inputs, stage='backbone', data_samples=data_samples
    )
    return embed_visual(model, visual, data_samples)


def embed_class_tokens(
    model: VideoTextRecognizer, inputs: Tensor, data_samples: list
) -> Tensor:
    """(B, 1, 3, T, H, W) to the (B, D) mean of the frames' class tokens.

    They are those after the last layer, before ``ln_post`` and the
    projection; the mean is L2-normalised.

    Raises:
        UserError: If the vision tower has no class token.
    """
    trunk = getattr(model.backbone, 'trunk', None)
    if trunk is not None and not trunk.has_class_token:
        raise UserError(
            "features of 'cls' are class tokens, which this vision tower "
            "does not have: take 'video'"
        )
    visual, _ = model.extract_feat(
        inputs, stage='backbone', data_samples=data_samples
    )
    return unit(masked_mean(visual.tokens[:, :, 0], visual.mask))


FEATURES: dict[str, Callable[..., Tensor]] = {
    'video': embed_videos,
    'cls': embed_class_tokens,
}


def build_single_view(
    config: Config, max_classes: int | None = None
) -> Dataset:
    """The test set of a config with one view of each video.

    Its pipeline is that of the validation where there is one.

    Args:
        config: With a ``test_dataloader``.
        max_classes: Keep the first so many of the classes that occur.

    Raises:
        UserError: If that pipeline gives several views, or the videos have
            no classes.
    """
    if max_classes is not None and max_classes < 1:
        raise UserError(f'--max-classes {max_classes}, expected at least 1')
    pipeline = single_view_pipeline(config)
    settings = {**config.test_dataloader.dataset, 'pipeline': pipeline}
    with scope_of(config):
        dataset = DATASETS.build(settings)
    if 'classes' not in dataset.metainfo:
        raise UserError(
            f'{config.filename}: videos with named classes expected, as of '
            f'VideoClassDataset; the test data are a {type(dataset).__name__}'
        )
    views = len(dataset[0]['inputs'])
    if views != 1:
        raise UserError(
            f'{config.filename}: one view of a video expected, its pipeline '
            f'gives {views}'
        )
    return _first_classes(dataset, max_classes)


def embed_dataset(
    model: VideoTextRecognizer,
    config: Config,
    dataset: Dataset,
    feature: str = 'video',
) -> Embeddings:
    """Embed every video of a data set.

    Args:
        model: In evaluation mode.
        config: Its ``test_dataloader`` says how samples are loaded.
        dataset: See :func:`build_single_view`.
        feature: A key of ``FEATURES``.

    Raises:
        UserError: If the model is none of ours, a video cannot be read, or
            features are not finite.
    """
    if not isinstance(model, VideoTextRecognizer):
        raise UserError(
            f'{type(model).__name__} given, a VideoTextRecognizer expected'
        )
    with scope_of(config):
        loader = Runner.build_dataloader(
            {**config.test_dataloader, 'dataset': dataset}, seed=0
        )
    features = []
    with torch.inference_mode():
        for batch in track(loader, 'videos', transient=True):
            batch = model.data_preprocessor(batch)
            samples = batch['data_samples']
            feats = FEATURES[feature](model, batch['inputs'], samples)
            features.append(feats.float().cpu().numpy())
    videos = [dataset.get_data_info(i) for i in range(len(dataset))]
    files = [video['filename'] for video in videos]
    refuse_non_finite(np.concatenate(features), files, 'features')
    return Embeddings(
        files,
        np.array([video['label'] for video in videos]),
        tuple(dataset.metainfo['classes']),
        np.concatenate(features),
    )


def _first_classes(dataset: Dataset, num: int | None) -> Dataset:
    if num is None:
        return dataset
    labels = [dataset.get_data_info(i)['label'] for i in range(len(dataset))]
    kept = sorted(set(labels))[:num]
    dataset.get_subset_([i for i, x in enumerate(labels) if x in kept])
    return dataset
