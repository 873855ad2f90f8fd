"""What an index is of, and whether a model fits it."""

import hashlib
import json
import logging
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.logging import print_log

from vlprompt.apis import VideoEmbedder
from vlprompt.datasets.pipelines import count_frames, count_views
from vlprompt.datasets.readers.decoder_name import decoder_name
from vlprompt.errors import UserError
from vlprompt.models.trainable_state import fingerprint
from vlprompt.weights.names import FINGERPRINT
from vlprompt.whole_files import write_text

FILE = 'manifest.json'
FORMAT = 1
# What has to be equal for two embeddings to be compared, and its name in a
# sentence.
COMPARED = {
    'format': 'format',
    'weights': 'model',
    'architecture': 'model',
    'precision': 'precision',
    'frames': 'number of frames',
    'views': 'number of views',
    'preprocessing': 'preprocessing',
    'width': 'width',
    'rows': 'kind of rows',
    'window': 'window',
    'stride': 'stride',
}
# Parts of a model that no embedding of a video passes through.
NOT_OF_VIDEOS = ('texts', 'cls_head', 'frozen_dtype', 'trainable')


def make_manifest(
    embedder: VideoEmbedder,
    window: float | None,
    stride: float | None,
    root: Path,
    rows: str = 'windows',
) -> dict[str, Any]:
    """What an index of a folder by a model is of.

    Args:
        embedder: The model.
        window: Seconds of a window; None for whole videos.
        stride: Seconds from a window to the next.
        root: The folder.
        rows: What is embedded: ``'windows'`` or ``'frames'``.
    """
    pipeline = embedder.whole if window is None else embedder.single
    views, crops = count_views(pipeline)
    config = embedder.config.model
    return dict(
        format=FORMAT,
        root=str(root.resolve()),
        model=embedder.source,
        weights=_weights(embedder),
        architecture=_architecture(config),
        precision=str(config.get('frozen_dtype') or 'float32'),
        frames=count_frames(pipeline),
        views=f'{views}x{crops}',
        preprocessing=_preprocessing(pipeline, config),
        decoder=decoder_name([dict(type='VideoInit')]).partition(', ')[2],
        template=(config.get('texts') or {}).get('template'),
        width=int(embedder.embed_texts(['a video']).shape[1]),
        normalized=True,
        rows=rows,
        window=window,
        stride=window if stride is None else stride,
        settings=settings_of(embedder),
    )


def read_manifest(index: str | Path) -> dict[str, Any]:
    """What an index is of.

    Raises:
        UserError: If there is no index, or one of another version.
    """
    file = Path(index) / FILE
    if not file.is_file():
        raise UserError(
            f'no index at {index}: `vlprompt index FOLDER --index {index}` '
            'makes one'
        )
    try:
        manifest = json.loads(file.read_text(encoding='utf-8'))
        version = manifest['format']
    except (ValueError, KeyError, TypeError) as error:
        raise UserError(f'{file} is damaged: {error!r}') from error
    if version != FORMAT:
        raise UserError(
            f'{index} is an index of format {version}, this version of '
            f'vlprompt reads {FORMAT}'
        )
    return manifest


def take(folder: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Begin a folder of embeddings, or go on with one that is of the same.

    Returns:
        What the folder is of.

    Raises:
        UserError: If it is of something else.
    """
    if not (folder / FILE).exists():
        text = json.dumps(manifest, indent=2, ensure_ascii=False)
        write_text(folder / FILE, f'{text}\n')
        return manifest
    known = read_manifest(folder)
    check_same(folder, known, manifest)
    if known['decoder'] != manifest['decoder']:
        print_log(
            f'{folder} was begun with {known["decoder"]}, this is '
            f'{manifest["decoder"]}: some frames may differ slightly',
            logger='current',
            level=logging.WARNING,
        )
    return known


def check_same(
    index: str | Path, indexed: dict[str, Any], given: dict[str, Any]
) -> None:
    """Refuse embeddings that cannot be compared with those of an index.

    Args:
        index: Its folder.
        indexed: What it is of.
        given: What the others are of.

    Raises:
        UserError: With the first thing that differs.
    """
    for key, name in COMPARED.items():
        old, new = indexed.get(key), given[key]
        if old == new:
            continue
        old, new = _short(old, new), _short(new, old)
        if name == 'model':
            old = f'{indexed["model"]} ({key} {old})'
            new = f'{given["model"]} ({key} {new})'
        raise UserError(f'{index} is of another {name}: {old}, not {new}')


def _weights(embedder: VideoEmbedder) -> dict[str, str]:
    """Fingerprints of what is frozen of CLIP, and of all that is learnt."""
    state = embedder.model.state_dict()
    clip = state.pop(FINGERPRINT, None)
    learnt = fingerprint(state)
    return dict(
        clip='' if clip is None else bytes(clip.tolist()).hex(),
        learnt=bytes(learnt.tolist()).hex(),
    )


def _architecture(config: Config) -> str:
    """A hash of what a config says of the way of videos."""
    parts = {k: v for k, v in config.items() if k not in NOT_OF_VIDEOS}
    clip = dict(parts.pop('clip', None) or {})
    clip.pop('pretrained', None)
    text = json.dumps([parts, clip], sort_keys=True, default=str)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def _preprocessing(pipeline: list, config: Config) -> list[dict]:
    """The steps of a pipeline but for opening, decoding and packing."""
    steps = [dict(step) for step in pipeline]
    ends = 'Init', 'Decode', 'PackActionInputs'
    steps = [s for s in steps if not str(s['type']).endswith(ends)]
    colors = dict(config.get('data_preprocessor') or {})
    text = json.dumps([*steps, colors], default=str)
    return json.loads(text)


def settings_of(embedder: VideoEmbedder) -> dict[str, Any]:
    """How the model is made again, from any folder."""
    settings = dict(embedder.settings)
    if isinstance(settings['model'], Config):
        settings['model'] = settings['model'].filename
    elif settings['model'] is None:
        settings['model'] = embedder.source
    for name in ('model', 'checkpoint', 'clip'):
        value = settings[name]
        if value is not None and Path(value).exists():
            settings[name] = str(Path(value).resolve())
    return settings


def _short(value: Any, other: Any) -> str:
    """A value in a sentence; of several, those that differ."""
    if isinstance(value, dict) and isinstance(other, dict):
        return ', '.join(
            f'{k} {str(v)[:12]}' for k, v in value.items() if other.get(k) != v
        )
    if isinstance(value, list) and isinstance(other, list):
        return ', '.join(
            ' '.join(f'{k}={v}' for k, v in step.items())
            for step in value
            if step not in other
        )
    return str(value)
