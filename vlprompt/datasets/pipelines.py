"""The views of a video that a test pipeline makes."""

import re

from mmengine.config import Config

from vlprompt.errors import UserError

CROPS = {'CenterCrop': 1, 'ThreeCrop': 3, 'TenCrop': 10}
SHORT_SIDES = ('Resize', 'PILResize')


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
    return sampler.get(key, 1) if key else 1, CROPS[
        crop['type']
    ] if crop else 1


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
        loader = (
            config.test_dataloader if crops == 3 else config.val_dataloader
        )
        tests = _crop(loader.dataset.pipeline, crops)
    sampler = _sampler(tests)
    if key := _views_key(sampler):
        sampler[key] = temporal
    elif temporal > 1:
        raise UserError(
            f'{sampler["type"]} of single frames makes one view, not '
            f'{temporal}: MultiViewSegmentSample makes more'
        )
    if sampler['type'] == 'MultiViewSegmentSample':
        sampler['mode'] = mode
    elif mode != 'uniform':
        raise UserError(
            f'--sampling {mode}: {sampler["type"]} has no such draws, only '
            'MultiViewSegmentSample'
        )
    config.test_dataloader.dataset.pipeline = tests


def _crop(pipeline: list, crops: int) -> list:
    pipeline = [Config(dict(step=step)).step for step in pipeline]
    crop = _find(pipeline, CROPS)
    if crop is None:
        raise UserError(
            f'the pipeline has no crop to make {crops} of: '
            f'{[step["type"] for step in pipeline]}'
        )
    if CROPS[crop['type']] != crops:
        crop['type'] = {1: 'CenterCrop', 3: 'ThreeCrop'}[crops]
        resize = _find(pipeline, SHORT_SIDES)
        if resize is not None and crops == 3:
            resize['scale'] = (-1, crop['crop_size'])
    return pipeline


def _sampler(pipeline: list) -> dict:
    for step in pipeline:
        if step['type'].endswith(('Sample', 'SampleFrames')):
            return step
    raise UserError(f'no sampler among {[step["type"] for step in pipeline]}')


def _views_key(sampler: dict) -> str | None:
    """Where a sampler has its temporal views; None if it makes one."""
    if sampler['type'] == 'MultiViewSegmentSample':
        return 'num_views'
    return 'num_clips' if sampler.get('clip_len', 1) > 1 else None


def _find(pipeline: list, types: object) -> dict | None:
    return next((step for step in pipeline if step['type'] in types), None)
