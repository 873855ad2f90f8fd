"""The configs that come with the library, as their metafiles describe them."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import yaml

from vlprompt.shipped import config_folder

MEASURED, CONVERTED, CONFIG_ONLY = 'measured here', 'converted', 'config only'
# Folders of methods whose published weights `vlprompt convert` reads, and of
# CLIP, whose weights open_clip fetches.
WITH_WEIGHTS = (
    'a5',
    'actionclip',
    'aim',
    'bdc',
    'clip',
    'clip4clip',
    'lora',
    'froster',
    'maple',
    'mote',
    'st_adapter',
    't2l',
    'ost',
    'openvclip',
    'promptsrc',
    'tc_clip',
    'vifi',
    'vita',
    'xclip',
    'zeroi2v',
)


class ShippedConfig(NamedTuple):
    """What a metafile says of a config.

    Attributes:
        name: ``'vilt/vilt_b16_k400'``.
        file: Where it is.
        method: The collection that it belongs to.
        data: What it trains on, nothing for a model that learns nothing.
        frames: Of a view.
        trainable: The number of parameters that are learned.
        parameters: The number of all parameters.
        macs: Multiply-accumulates of a view.
        status: ``'measured here'`` if numbers of this config are in the
            documentation, ``'converted'`` if weights that were published
            for its method can be used, else ``'config only'``.
    """

    name: str
    file: Path
    method: str
    data: str
    frames: int
    trainable: int
    parameters: int
    macs: int
    status: str


def shipped_configs() -> Iterator[ShippedConfig]:
    """All configs but those that others are made of, by folder and name."""
    for metafile in sorted(config_folder().glob('*/metafile.yml')):
        content = yaml.safe_load(metafile.read_text('utf-8'))
        for model in content['Models']:
            file = metafile.with_name(Path(model['Config']).name)
            facts = model['Metadata']
            yield ShippedConfig(
                f'{metafile.parent.name}/{file.stem}',
                file,
                model['In Collection'],
                facts.get('Training Data', ''),
                facts['Frames'],
                facts['Trainable Parameters'],
                facts['Parameters'],
                facts['FLOPs'],
                _status(metafile.parent.name, file.stem, model),
            )


def _status(folder: str, stem: str, model: dict) -> str:
    if model.get('Results'):
        return MEASURED
    toy = stem.endswith('_toy')  # whose CLIP nobody else has
    return CONVERTED if folder in WITH_WEIGHTS and not toy else CONFIG_ONLY
