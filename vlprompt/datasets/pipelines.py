"""What a test pipeline makes of a video: its views, and their shape."""

import copy
import re
from collections.abc import Iterable

from mmengine.config import Config

from vlprompt.errors import UserError

# Views that each crop makes.
CROPS = {'CenterCrop': 1, 'RandomCrop': 1, 'ThreeCrop': 3, 'TenCrop': 10}
SHORT_SIDES = ('Resize', 'PILResize')
# Keys of a sampler that hold a number of frames, the first that is there.
FRAME_KEYS = ('num_frames', 'max_frames', 'clip_len')


def parse_views(text: str) -> tuple[int, int]:
    """``'4x3'`` to 4 temporal views and 3 crops.

    Raises:
        UserError: If it is not two numbers, or the crops are not 1 or 3.
    """
    match = re.fullmatch(r'([1-9]\d*)x([13])', text)
    if match is None:
        raise UserError(
            f'--views {text}: expected temporal views x crops (1 or 3), '
            'such as 4x3'
        )
    return int(match[1]), int(match[2])


def count_views(pipeline: list) -> tuple[int, int]:
    """Temporal views and crops of a pipeline."""
    sampler, crop = _sampler(pipeline), _find(pipeline, CROPS)
    key = _views_key(sampler)
    temporal = sampler.get(key, 1) if key else 1
    return temporal, CROPS[_kind(crop)] if crop else 1


def count_frames(pipeline: list) -> int:
    """Frames of a view of a pipeline."""
    sampler = _sampler(pipeline)
    return sampler[_length_key(sampler)]


def set_views(
    config: Config, temporal: int, crops: int, mode: str = 'uniform'
) -> None:
    """Let the test make other views than its config says.

    One crop is done as the validation does it; three are of the short side
    that the crops have, as ViFi-CLIP's are.

    Args:
        config: The config; its test pipeline is changed.
        temporal: Temporal views.
        crops: 1 or 3.
        mode: ``'uniform'``, or ``'random'`` for training-mode draws, as the
            published test makes them (segment sampling only).

    Raises:
        UserError: If the pipeline cannot make such views.
    """
    tests = config.test_dataloader.dataset.pipeline
    if count_views(tests)[1] != crops:
        one = tests if crops == 3 else single_view_pipeline(config)
        tests = _set_crops(one, crops)
    sampler = _sampler(tests)
    if key := _views_key(sampler):
        sampler[key] = temporal
    elif temporal > 1:
        raise UserError(
            f'{_kind(sampler)} of single frames makes one view, not '
            f'{temporal}: MultiViewSegmentSample makes more'
        )
    if _kind(sampler) == 'MultiViewSegmentSample':
        sampler['mode'] = mode
    elif mode != 'uniform':
        raise UserError(
            f'--sampling {mode}: {_kind(sampler)} has no such draws, only '
            'MultiViewSegmentSample'
        )
    config.test_dataloader.dataset.pipeline = tests


def single_view_pipeline(config: Config, frames: int | None = None) -> list:
    """The pipeline of validation, or of the test if that reads no frames.

    Args:
        config: A config of ours or of MMAction2.
        frames: Frames of a view; as the config says if not given.

    Raises:
        UserError: If the config has no such pipeline, or the number of
            frames cannot be set.
    """
    found = [
        (config.get(name) or {}).get('dataset', {}).get('pipeline')
        for name in ('val_dataloader', 'test_dataloader')
    ]
    found = [pipeline for pipeline in found if pipeline]
    if not found:
        raise UserError(
            f'{config.filename} has no pipeline of validation or test'
        )
    # One of stored features takes no frames.
    framed = [steps for steps in found if any(map(_frames_key, steps))]
    pipeline = copy.deepcopy(list((framed or found)[0]))
    if frames is not None:
        set_frames(pipeline, frames)
    return pipeline


def set_frames(pipeline: list, frames: int) -> None:
    """Let a pipeline take another number of frames; it is changed.

    Raises:
        UserError: If there are none, or no step says how many there are.
    """
    if frames < 1:
        raise UserError(f'{frames} frames, expected at least 1')
    sampler = _sampler(pipeline)
    sampler[_length_key(sampler)] = frames


def view_shape(config: Config, frames: int | None = None) -> tuple[int, ...]:
    """The shape of a batch of one view, as the recognizer takes it.

    Args:
        config: A config of ours or of MMAction2.
        frames: T; as the config says if not given.

    Returns:
        (1, 1, 3, T, H, W), or (1, T, 3, H, W) for recognizers of images.

    Raises:
        UserError: If the pipeline does not tell.
    """
    pipeline = single_view_pipeline(config, frames)
    height, width = _size(config, pipeline)
    layout = (_find(reversed(pipeline), ('FormatShape',)) or {}).get(
        'input_format'
    )
    sampler = _sampler(pipeline)
    length = sampler[_frames_key(sampler)]
    if layout == 'NCTHW':
        return (1, 1, 3, length, height, width)
    if layout == 'NCHW':
        clips = sampler.get('num_clips', 1)
        return (1, length * clips, 3, height, width)
    raise UserError(
        f'{config.filename}: FormatShape of NCTHW or NCHW expected, the '
        f'pipeline has {layout}'
    )


def _kind(step: dict) -> str:
    """The type of a step, without the package that registers it."""
    return str(step['type']).rpartition('.')[2]


def _find(pipeline: Iterable[dict], kinds: object) -> dict | None:
    return next((step for step in pipeline if _kind(step) in kinds), None)


def _sampler(pipeline: list) -> dict:
    """The step that chooses frames: the first that says how many."""
    for step in pipeline:
        if _frames_key(step):
            return step
    raise UserError(
        'no transform of the pipeline says how many frames it takes: '
        + ', '.join(map(_kind, pipeline))
    )


def _frames_key(step: dict) -> str | None:
    return next((key for key in FRAME_KEYS if key in step), None)


def _length_key(sampler: dict) -> str:
    """Where a sampler has the frames of a view."""
    key = _frames_key(sampler)
    # MMAction2's segments are clips of one frame.
    return 'num_clips' if key == 'clip_len' and sampler[key] == 1 else key


def _views_key(sampler: dict) -> str | None:
    """Where a sampler has its temporal views; None if it makes one."""
    if _kind(sampler) == 'MultiViewSegmentSample':
        return 'num_views'
    return 'num_clips' if sampler.get('clip_len', 1) > 1 else None


def _set_crops(pipeline: list, crops: int) -> list:
    pipeline = copy.deepcopy(list(pipeline))
    crop = _find(pipeline, CROPS)
    if crop is None:
        raise UserError(
            f'the pipeline has no crop to make {crops} of: '
            f'{", ".join(map(_kind, pipeline))}'
        )
    if CROPS[_kind(crop)] != crops:
        crop['type'] = {1: 'CenterCrop', 3: 'ThreeCrop'}[crops]
        resize = _find(pipeline, SHORT_SIDES)
        if resize is not None and crops == 3:
            resize['scale'] = (-1, crop['crop_size'])
    return pipeline


def _size(config: Config, pipeline: list) -> tuple[int, int]:
    """Height and width of the frames."""
    for step in reversed(pipeline):
        size = None
        if _kind(step) in CROPS:
            size = step.get('crop_size', step.get('size'))
        elif not step.get('keep_ratio', True):
            size = step.get('scale')
        if size is not None:
            width, height = (size, size) if isinstance(size, int) else size
            return height, width
    raise UserError(
        f'{config.filename}: the pipeline neither crops nor resizes to a '
        'fixed size'
    )
