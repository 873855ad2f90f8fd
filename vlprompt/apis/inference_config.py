"""What is changed in a config to use its model on other videos."""

from mmengine.config import Config

from vlprompt.clip_flag import check_clip_flag
from vlprompt.datasets.pipelines import (
    set_frames,
    set_views,
    single_view_pipeline,
)
from vlprompt.errors import UserError


def change_model(
    config: Config,
    clip: str | None,
    template: str | None,
    frozen_dtype: str | None,
) -> None:
    """Put weights of CLIP, a template and a precision into a config.

    Raises:
        UserError: If there are no such weights, the model compares with no
            texts, or it learns a part of its template.
    """
    model = config.get('model') or {}
    if clip is not None:
        if 'clip' not in model:
            raise UserError(f'--clip {clip}: this model has no CLIP')
        check_clip_flag(clip)
        model['clip']['pretrained'] = clip
    if frozen_dtype is not None:
        model['frozen_dtype'] = frozen_dtype
    if template is None:
        return
    if not model.get('texts'):
        raise UserError('--template: this model uses no texts')
    own = model['texts'].get('template', '')
    if isinstance(own, str) and '[' in own:
        raise UserError(
            f'--template: this model has learned {own!r}, it takes no other'
        )
    model['texts']['template'] = template


def change_tests(
    config: Config, frames: int | None, views: tuple[int, int] | None
) -> tuple[list, list]:
    """Take other frames and views.

    Args:
        config: Changed in place.
        frames: Of a view; as the config says if not given.
        views: Temporal views and crops; as the config says if not given.

    Returns:
        The pipeline for whole videos, and that for windows.

    Raises:
        UserError: If the config has no test, or cannot make such views.
    """
    if config.get('test_dataloader') is None:
        raise UserError(
            f'the config {config.filename} has no test_dataloader, whose '
            'pipeline reads videos'
        )
    if views is not None:
        set_views(config, *views)
    whole = config.test_dataloader.dataset.pipeline
    if frames is not None:
        set_frames(whole, frames)
    single = whole if views else single_view_pipeline(config, frames)
    return whole, single
