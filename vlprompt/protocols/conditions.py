"""What a number depends on beside the method: the columns of all tables."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from mmengine.config import Config

    from .retrieval import RetrievalSettings
    from .settings import GridSettings

HEAD = ('Start', 'Averaging', 'LLM text', 'Views', 'Epoch')
INTERPOLATED = 'InterpolatedWeightsHook'


class Conditions(NamedTuple):
    """By which protocols that have the same name differ.

    Attributes:
        start: What training starts from: ``'CLIP'``, or ``'K400'`` for a
            model that was trained on Kinetics-400 before, "(P)" elsewhere.
        averaging: Of weights: ``'none'``, ``'SWA'``, ``'WiSE, 0.3 CLIP'``,
            where the number is the share of pretrained CLIP.
        llm_text: ``'yes'`` if a language model has written about classes.
        views: In time x in space, ``'4x3'``.
        epoch: How it was chosen: ``'last'``; ``'test'`` for the best one on
            the videos that the number is of; ``'none'`` without training.
    """

    start: str
    averaging: str
    llm_text: str
    views: str
    epoch: str


def conditions_of(config: Config, checkpoint: str | None) -> Conditions:
    """Those of what is measured here.

    Args:
        config: Of the test.
        checkpoint: The file that is tested, ``'none'`` for a model as it is
            made; None if it is trained by the config first, in which case
            the last epoch is tested.
    """
    from vlprompt.datasets.lists.descriptions import descriptions_of
    from vlprompt.datasets.pipelines import count_views

    model = config.model
    views = count_views(config.test_dataloader.dataset.pipeline)
    epoch = {None: 'last', 'none': 'none'}.get(checkpoint, 'as given')
    if not model.get('trainable', True):
        epoch = 'none'
    return Conditions(
        start=_start(model.get('clip') or {}),
        averaging=_averaging(config, checkpoint),
        llm_text='yes' if descriptions_of(model.get('texts')) else 'no',
        views='x'.join(map(str, views)),
        epoch=epoch,
    )


def conditions_of_file(
    settings: GridSettings | RetrievalSettings, checkpoint: str | None
) -> Conditions:
    """Those of the config that a protocol was given.

    Args:
        settings: Of the protocol.
        checkpoint: What is tested; None for what is trained first, or for a
            model that learns nothing.
    """
    from vlprompt.apis import load_config

    from .train_and_test import is_trainable

    config = load_config(settings.config, settings.cfg_options)
    if checkpoint is None and not is_trainable(config):
        checkpoint = 'none'
    return conditions_of(config, checkpoint)


def conditions_of_grid(settings: GridSettings) -> Conditions:
    """Those of trainings on several data sets, or of their checkpoints."""
    if settings.ckpts is None:
        return conditions_of_file(settings, None)
    # Each file may say something else of itself.
    return conditions_of_file(settings, 'none')._replace(
        averaging='as given', epoch='as given'
    )


def _start(clip: Mapping[str, Any]) -> str:
    finetuned = clip.get('finetuned')
    if not finetuned:
        return 'CLIP'
    name = Path(finetuned).parent.name or Path(finetuned).stem
    return 'K400' if 'k400' in name else name


def _averaging(config: Config, checkpoint: str | None) -> str:
    """What the training will do, or the checkpoint says of itself."""
    from vlprompt.averaging.files import HOOK, hooks_of

    if checkpoint == 'none':
        return 'none'
    if checkpoint is not None:
        return _averaging_in(checkpoint)
    parts = ['IWO' for _ in hooks_of(config, INTERPOLATED)]
    for hook in hooks_of(config, HOOK):
        mean = hook.get('kind', 'mean') == 'mean'
        parts += ['SWA' if mean else 'Gaussian', *_share(hook)]
    return ', '.join(parts) or 'none'


def _averaging_in(checkpoint: str) -> str:
    from vlprompt.apis import read_checkpoint

    recipe = read_checkpoint(checkpoint).recipe
    if recipe is None:
        return 'none'
    alone = len(recipe['sources']) == 1
    scheme = 'WiSE' if alone else {'mean': 'SWA'}.get(recipe['scheme'])
    return ', '.join([scheme or recipe['scheme'], *_share(recipe)])


def _share(given: Mapping[str, Any]) -> list[str]:
    """The weight of pretrained CLIP, in a hook or a recipe."""
    weight = given.get('with_clip', given.get('clip_weight'))
    return [f'{weight:g} CLIP'] if weight else []
