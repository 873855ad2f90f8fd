"""Metafiles: what MMEngine's hub and inferencers read about configs."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from mmengine.config import Config

from vlprompt.datasets.pipelines import view_shape
from vlprompt.protocols.published import published_for

from .documents import name_of
from .facts import Size, Sizes, architecture, training
from .published import fields
from .zoo import measured

HEAD = '# Made by `python -m tools.metafiles`; do not edit.\n'


def metafile(
    folder: Path,
    size_of: Callable[[Config], Size],
    read: Callable[[Path], Config] = Config.fromfile,
) -> str:
    """The text of the metafile of a folder of configs.

    Args:
        folder: Such as ``configs/vilt``.
        size_of: Size of a config, see :class:`tools.metafiles.facts.Sizes`.
        read: What reads a config.
    """
    collection = _collection(folder)
    models = [
        _model(path, read(path), collection['Name'], size_of)
        for path in sorted(folder.glob('*.py'))
    ]
    return HEAD + _dump({'Collections': [collection], 'Models': models})


def index(folders: list[Path]) -> str:
    """The text of the list of metafiles."""
    files = [f'configs/{folder.name}/metafile.yml' for folder in folders]
    return HEAD + _dump({'Import': files})


def sizes_in(folder: Path) -> dict[str, Size]:
    """The sizes that a metafile has, by the stem of the config."""
    file = folder / 'metafile.yml'
    if not file.is_file():
        return {}
    models = yaml.safe_load(file.read_text())['Models']
    return {model['Name']: _size(model['Metadata']) for model in models}


class KeptSizes:
    """Sizes as the metafiles have them; what they lack is counted.

    Args:
        folders: Of the metafiles.
    """

    def __init__(self, folders: list[Path]) -> None:
        self.known: dict[str, Size] = {}
        for folder in folders:
            self.known |= sizes_in(folder)
        self.count = Sizes()

    def __call__(self, config: Config) -> Size:
        """The size of a config that was read from a file."""
        stem = Path(config.filename).stem
        return self.known.get(stem) or self.count(config)


def _collection(folder: Path) -> dict[str, Any]:
    """Name and paper, from the head of the README."""
    text = (folder / 'README.md').read_text()
    head = re.match(r'# (.+)\n', text)[1]
    collection = {'Name': head, 'README': f'configs/{folder.name}/README.md'}
    if paper := re.search(r'^> \[(.+?)\]\((\S+)\)', text, re.M | re.S):
        title = ' '.join(paper[1].replace('>', '').split())
        collection['Paper'] = {'Title': title, 'URL': paper[2]}
    return collection


def _model(
    path: Path,
    config: Config,
    collection: str,
    size_of: Callable[[Config], Size],
) -> dict[str, Any]:
    *_, frames, height, width = view_shape(config)
    size = size_of(config)
    metadata = {
        'Architecture': architecture(config),
        'Pretrained': Path(config.model.clip.pretrained).name,
        **training(config),
        'Frames': frames,
        'Resolution': f'{height}x{width}',
        'Parameters': size.parameters,
        'Trainable Parameters': size.learned,
        'FLOPs': size.macs,
    }
    if published := fields(published_for(name_of(path))):
        metadata['Published'] = published
    model = {
        'Name': path.stem,
        'Config': f'configs/{path.parent.name}/{path.name}',
        'In Collection': collection,
        'Metadata': metadata,
        'Modality': 'RGB',
    }
    if results := measured(name_of(path)):
        model['Results'] = results
    return {**model, 'Weights': None}


def _size(metadata: dict[str, Any]) -> Size:
    keys = ('Parameters', 'Trainable Parameters', 'FLOPs')
    return Size(*(metadata[key] for key in keys))


def _dump(content: dict[str, Any]) -> str:
    return yaml.safe_dump(content, sort_keys=False, width=79)
