"""What is known of a model, for ``vlprompt.json`` and the card."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from mmengine.config import Config
from torch import nn

from vlprompt.apis.checkpoints import Checkpoint
from vlprompt.datasets.lists.class_names import list_class_names
from vlprompt.datasets.pipelines import count_views, view_shape
from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.errors import UserError
from vlprompt.models.trainable_state import FINGERPRINT
from vlprompt.version import __version__

FORMAT = 1
PACKAGES = ('torch', 'open_clip_torch', 'mmengine', 'mmaction2')
DIGITS = 16  # of a hash
COUNTS = ('/scored', '/listed')  # of videos, in a metrics.json


def gather_facts(
    config: Config,
    plain: dict[str, Any],
    model: nn.Module,
    trained: Checkpoint | None,
    metrics: Path | None,
) -> dict[str, Any]:
    """Everything that a folder says of its model.

    Args:
        config: Of the run.
        plain: The config that goes into the folder.
        model: With its weights.
        trained: The checkpoint, if there is one.
        metrics: A ``metrics.json`` of this checkpoint, if there is one.
    """
    dataset = plain['test_dataloader']['dataset']
    clip = dict(plain['model']['clip'])
    clip['fingerprint'] = bytes(model.state_dict()[FINGERPRINT].tolist()).hex()
    views, crops = count_views(config.test_dataloader.dataset.pipeline)
    *_, frames, height, width = view_shape(config)
    colors = plain['model'].get('data_preprocessor') or {}
    return dict(
        format=FORMAT,
        clip=clip,
        classes=dataset.get('classes'),
        trained_on=list(trained.classes)
        if trained and trained.classes
        else None,
        recipe=trained and trained.recipe,
        train_data=_public_name(config, 'train_dataloader'),
        frames=frames,
        views=f'{views}x{crops}',
        preprocessing=dict(
            size=[height, width],
            mean=colors.get('mean'),
            std=colors.get('std'),
        ),
        template=template_of(model, plain['model']),
        decoder=decoder_name(dataset['pipeline']),
        parameters=sum(p.numel() for p in model.parameters()),
        learned=sum(p.numel() for p in model.parameters() if p.requires_grad),
        measured=None if metrics is None else measured(config, metrics),
        versions=versions_of(PACKAGES),
    )


def template_of(
    model: nn.Module, config: Mapping[str, Any]
) -> str | list[str] | None:
    """What is put around a class name; None for a model without texts.

    Args:
        model: The recognizer.
        config: Its config, which may leave the template to the default.
    """
    given = (config.get('texts') or {}).get('template')
    if given is not None or model.texts is None:
        return given
    own = getattr(model.texts, 'templates', None) or [model.texts.template]
    templates = [template.template for template in own]
    return templates[0] if len(templates) == 1 else templates


def measured(config: Config, metrics: Path) -> dict[str, Any]:
    """The numbers of a test, and what they are of.

    Args:
        config: Whose test it was.
        metrics: The ``metrics.json`` that it has written.

    Raises:
        UserError: If the file cannot be read.
    """
    try:
        content = json.loads(metrics.read_text(encoding='utf-8'))
    except (OSError, ValueError) as error:
        raise UserError(f'cannot read {metrics} ({error})') from error
    found = {k: v for k, v in content.items() if isinstance(v, int | float)}
    counts = {k.rpartition('/')[2]: v for k, v in found.items()}
    numbers = {k: v for k, v in found.items() if not k.endswith(COUNTS)}
    if not numbers:
        raise UserError(f'{metrics} has no numbers')
    dataset = config.test_dataloader.dataset
    path = Path(dataset.get('ann_file') or '')
    listed = dict(name=path.name, sha256=None)
    listed['scored'] = counts.get('scored')
    listed['videos'] = counts.get('listed')
    if path.is_file():
        content_of = path.read_bytes()
        listed['sha256'] = hashlib.sha256(content_of).hexdigest()[:DIGITS]
    return dict(
        numbers=numbers,
        data=_public_name(config, 'test_dataloader') or path.stem,
        list=listed,
        views='x'.join(map(str, count_views(dataset.pipeline))),
        decoder=content.get('decoder'),
    )


def _public_name(config: Config, loader: str) -> str | None:
    """The class list of the library that a loader uses, if it does."""
    dataset = (config.get(loader) or {}).get('dataset') or {}
    while isinstance(dataset.get('dataset'), dict):  # RepeatDataset
        dataset = dataset['dataset']
    name = dataset.get('classes')
    known = isinstance(name, str) and name in list_class_names()
    return name if known else None


def versions_of(packages: Sequence[str]) -> dict[str, str]:
    """The versions of this library and of those packages that are there."""
    found = dict(vlprompt=__version__)
    for package in packages:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
