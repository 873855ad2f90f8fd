"""One view of a video: the pipeline that makes it, and its shape."""

import copy

from mmengine.config import Config

from vlprompt.errors import UserError

CROPS = ('CenterCrop', 'ThreeCrop', 'TenCrop', 'RandomCrop')
# Keys of a sampler that hold a number of frames, the first that is there.
FRAME_KEYS = ('num_frames', 'max_frames')


def single_view_pipeline(config: Config, frames: int | None = None) -> list:
    """The pipeline of validation, or of the test if there is none.

    Args:
        config: A config of ours or of MMAction2.
        frames: Frames of a view; as the config says if not given.

    Raises:
        UserError: If the config has no such pipeline, or the number of
            frames cannot be set.
    """
    for name in ('val_dataloader', 'test_dataloader'):
        pipeline = (config.get(name) or {}).get('dataset', {}).get('pipeline')
        if pipeline:
            break
    else:
        raise UserError(
            f'{config.filename} has no pipeline of validation or test'
        )
    pipeline = copy.deepcopy(list(pipeline))
    if frames is not None:
        _set_frames(_sampler(pipeline), frames)
    return pipeline


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
    layout = [t for t in pipeline if _kind(t) == 'FormatShape']
    layout = layout[-1]['input_format'] if layout else None
    sampler = _sampler(pipeline)
    length = _first(sampler, FRAME_KEYS) or sampler.get('clip_len')
    if layout == 'NCTHW':
        return (1, 1, 3, length, height, width)
    if layout == 'NCHW':
        clips = sampler.get('num_clips', 1)
        return (1, length * clips, 3, height, width)
    raise UserError(
        f'{config.filename}: FormatShape of NCTHW or NCHW expected, the '
        f'pipeline has {layout}'
    )


def _kind(transform: dict) -> str:
    return str(transform['type']).rpartition('.')[2]


def _first(transform: dict, keys: tuple[str, ...]) -> int | None:
    return next((transform[key] for key in keys if key in transform), None)


def _sampler(pipeline: list) -> dict:
    for transform in pipeline:
        if {*FRAME_KEYS, 'clip_len'} & set(transform):
            return transform
    raise UserError(
        'no transform of the pipeline says how many frames it takes: '
        + ', '.join(map(_kind, pipeline))
    )


def _set_frames(sampler: dict, frames: int) -> None:
    if frames < 1:
        raise UserError(f'{frames} frames, expected at least 1')
    for key in FRAME_KEYS:
        if key in sampler:
            sampler[key] = frames
            return
    # MMAction2's segments are clips of one frame.
    segments = sampler['clip_len'] == 1
    sampler['num_clips' if segments else 'clip_len'] = frames


def _size(config: Config, pipeline: list) -> tuple[int, int]:
    """Height and width of the frames."""
    for transform in reversed(pipeline):
        size = None
        if _kind(transform) in CROPS:
            size = transform.get('crop_size', transform.get('size'))
        elif not transform.get('keep_ratio', True):
            size = transform.get('scale')
        if size is not None:
            width, height = (size, size) if isinstance(size, int) else size
            return height, width
    raise UserError(
        f'{config.filename}: the pipeline neither crops nor resizes to a '
        'fixed size'
    )
