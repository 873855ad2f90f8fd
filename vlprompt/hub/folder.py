"""Read a folder that has a model."""

from pathlib import Path
from typing import Any

from mmengine.config import Config

from vlprompt.errors import UserError

from .hub_model import HubModel, weights_in
from .json_files import read_json
from .open_clip_folder import OPEN_CLIP, read_open_clip_folder
from .plain_config import CLIP_FILE, check_plain
from .transformers_folder import CONFIG, MODELS, read_transformers_folder
from .weights import fingerprint_in

FACTS = 'vlprompt.json'
WEIGHTS = 'model.safetensors'
FORMAT = 1
PICKLES = ('*.pth', '*.pt', '*.bin', '*.ckpt', '*.pkl')


def read_folder(path: str | Path) -> HubModel:
    """Read what a folder says of its model, running nothing of it.

    Args:
        path: A folder as ``vlprompt models push`` writes it, or one of
            transformers (CLIPModel, XCLIPModel) or of open_clip.

    Returns:
        A config and a checkpoint for
        :class:`~vlprompt.apis.VideoClassifier`, and facts.

    Raises:
        UserError: If the folder is none of these, is incomplete, or asks
            for more than parts of this library.

    Example:
        >>> model = read_folder(pull('hf://microsoft/xclip-base-patch32'))
        ... # doctest: +SKIP
        >>> VideoClassifier(model.config, model.checkpoint)
        ... # doctest: +SKIP
    """
    folder = Path(path)
    if not folder.is_dir():
        raise UserError(f'no folder at {folder}')
    if (folder / FACTS).is_file():
        return _read_ours(folder)
    if (folder / OPEN_CLIP).is_file():
        return read_open_clip_folder(folder)
    if (folder / CONFIG).is_file():
        kind = read_json(folder / CONFIG).get('model_type')
        if kind in MODELS:
            return read_transformers_folder(folder)
        raise UserError(
            f'{folder} is a model of transformers of the type {kind!r}, '
            f'expected {" or ".join(MODELS)}'
        )
    raise UserError(f'{folder} {_missing(folder)}')


def _missing(folder: Path) -> str:
    pickles = sorted(file.name for how in PICKLES for file in folder.glob(how))
    if pickles:
        return (
            f'has pickles alone ({pickles[0]}), which can run code when they '
            f'are read: expected {WEIGHTS}, {CONFIG} and {FACTS}, as '
            '`vlprompt models push` writes them'
        )
    return f'has no model: expected {WEIGHTS}, {CONFIG} and {FACTS}'


def _read_ours(folder: Path) -> HubModel:
    facts = read_json(folder / FACTS)
    if facts.get('format') != FORMAT:
        raise UserError(
            f'{folder / FACTS} has the format {facts.get("format")!r}, '
            f'expected {FORMAT}: another version of vlprompt wrote it'
        )
    config = read_json(folder / CONFIG)
    check_plain(config, folder / CONFIG)
    weights = folder / WEIGHTS
    if not weights.is_file():
        raise UserError(f'{folder} {_missing(folder)}')
    given = facts.get('clip')
    expected = given.get('fingerprint') if isinstance(given, dict) else None
    if fingerprint_in(weights) != expected:
        raise UserError(
            f'{weights} was trained on another CLIP than {FACTS} says: the '
            'files of this folder do not belong together'
        )
    clip = config['model']['clip']
    if clip.get('pretrained') == CLIP_FILE:
        clip['pretrained'] = weights_in(folder, CLIP_FILE)
    dataset = config['test_dataloader']['dataset']
    dataset['pipeline'] = [_step(step) for step in dataset['pipeline']]
    return HubModel(Config(config), str(weights), facts)


def _step(value: Any) -> Any:
    """Numbers in a row as a tuple, which JSON does not know.

    MMAction2's transforms take a size as a tuple alone.
    """
    if isinstance(value, dict):
        return {key: _step(inner) for key, inner in value.items()}
    if isinstance(value, list):
        numbers = all(isinstance(inner, int | float) for inner in value)
        return (tuple if numbers else list)(map(_step, value))
    return value
