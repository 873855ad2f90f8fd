"""Models by name, config, folder or address."""

from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config

from vlprompt.errors import UserError, suggest
from vlprompt.shipped import find_config
from vlprompt.shipped_configs import shipped_configs

from .config import load_config

DEFAULT = 'clip_b16'
HUB = 'hf://'
# What folders have that were pushed, and those of transformers and open_clip.
HANDED_ON = ('vlprompt.json', 'config.json', 'open_clip_config.json')
BEST = 'best_*.pth'
TRAINED = 'train'  # in a folder of `vlprompt train FOLDER`


class FoundModel(NamedTuple):
    """A model that can be built.

    Attributes:
        config: Its config.
        checkpoint: A file or URL of what it has learned; None if none comes
            with it, or if the config names one.
        source: What it is, in a few words.
    """

    config: Config
    checkpoint: str | None
    source: str


def find_model(name: str | Path | Config | None = None) -> FoundModel:
    """The model that a name means.

    Args:
        name: A model as `vlprompt models` lists it (``'vilt_b16_k400'``), a
            config (``'my.py'``, ``'vlprompt::vilt/vilt_toy.py'``, or loaded),
            the folder of a run, whose best or last checkpoint it is, or the
            mean of one that averages, a folder that was pushed or pulled,
            one of transformers (CLIPModel, XCLIPModel) or of open_clip, or
            an address of the Hugging Face Hub (``'hf://user/name'``).
            Vanilla CLIP ViT-B/16 of OpenAI if not given.

    Raises:
        UserError: If there is nothing of this name; it suggests others.

    Example:
        >>> find_model('vilt_b16_k400').config.model.type
        'VideoTextRecognizer'
    """
    if isinstance(name, Config):
        return FoundModel(name, None, name.filename or 'a config')
    name = DEFAULT if name is None else str(name)
    if name.startswith(HUB):
        return _from_hub(name)
    if Path(name).is_dir():
        return _in_folder(Path(name))
    if '::' in name or name.endswith('.py'):
        return FoundModel(load_config(name), None, name)
    return _named(name)


def _named(name: str) -> FoundModel:
    files = {config.name: config.file for config in shipped_configs()}
    full = {key.rpartition('/')[2]: key for key in files}.get(name, name)
    if full not in files:
        near = suggest(name, [*files, *(key.split('/')[1] for key in files)])
        raise UserError(
            f'no model {name!r}{near} (expected one that `vlprompt models` '
            'lists, a config file, a folder or hf://user/name)'
        )
    config = load_config(find_config(f'{full}.py'))
    return FoundModel(config, None, full.rpartition('/')[2])


def _from_hub(address: str) -> FoundModel:
    from vlprompt.hub import pull, read_folder

    found = read_folder(pull(address))
    return FoundModel(found.config, found.checkpoint, address)


def _in_folder(folder: Path) -> FoundModel:
    """As it was pushed or pulled, of which no code is run, or of a run."""
    if any((folder / name).is_file() for name in HANDED_ON):
        from vlprompt.hub import read_folder

        found = read_folder(folder)
        return FoundModel(found.config, found.checkpoint, str(folder))
    if _is_of_own_videos(folder):
        return _in_folder(folder / TRAINED)._replace(source=str(folder))
    dumped = sorted(folder.glob('*.py'), key=lambda file: file.stat().st_mtime)
    if not dumped:
        raise UserError(
            f'{folder} has no model: expected the folder of a run, with its '
            'config, or of a model that was pushed or pulled'
        )
    return _of_run(folder, dumped[-1])


def _is_of_own_videos(folder: Path) -> bool:
    """Whether the run is one folder down, with the config it had."""
    has_own = any(folder.glob('*.pth'))
    return not has_own and any((folder / TRAINED).glob('*.pth'))


def _of_run(folder: Path, file: Path) -> FoundModel:
    config = load_config(str(file))
    checkpoint = _checkpoint_of(folder, config)
    if checkpoint is None:
        raise UserError(
            f'{folder} has no checkpoint: the run has not come to one yet '
            f'({file} is its config)'
        )
    return FoundModel(config, checkpoint, str(folder))


def _checkpoint_of(folder: Path, config: Config) -> str | None:
    """The mean of a training that averages, else the best or last one."""
    from vlprompt.averaging import AVERAGED, ends_averaged

    from .checkpoints import find_resumable

    if ends_averaged(config) and (folder / AVERAGED).is_file():
        return str(folder / AVERAGED)
    best = sorted(folder.glob(BEST), key=lambda file: file.stat().st_mtime)
    if best:
        return str(best[-1])
    last = find_resumable(str(folder))
    return last and last.path
