"""Config files, and the options that change them."""

import inspect
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from mmengine.config import Config
from mmengine.hub import get_config
from mmengine.runner import Runner

from vlprompt.errors import UserError, last_line, suggest

from .config_options import apply_options
from .renamed_configs import present_name

# What MMEngine reads at the top of a config.
TOP_KEYS = {
    *inspect.signature(Runner).parameters,
    'activation_checkpointing',
    'compile',
    'custom_imports',
    'efficient_conv_bn_eval',
    'find_unused_parameters',
    'model_wrapper_cfg',
    'runner_type',
    'sync_bn',
    'tta_model',
} - {'cfg'}
# Similarity above which an unknown key counts as a typo.
MISSPELT = 0.88


def load_config(path: str, options: dict[str, Any] | None = None) -> Config:
    """Read a config and change it.

    Args:
        path: A file, or ``package::path`` for one of an installed package.
        options: Values by dotted key.  Texts are taken as they are; those of
            ``--cfg-options`` are :class:`~vlprompt.written_values.Written`.

    Raises:
        UserError: If the file is missing or cannot be read, or a key at its
            top or of the options is unknown.

    Example:
        >>> options = {'train_cfg.max_epochs': 3}
        >>> config = load_config('vlprompt::vilt/vilt_toy.py', options)
        >>> config.train_cfg.max_epochs
        3
    """
    config = _read(path)
    for key in config:
        if meant := misspelt(key):
            raise UserError(
                f'{path}: unknown key {key!r}; did you mean '
                f'{meant}? (a variable of your own needs another name)'
            )
    _merge(config, options or {})
    return config


def misspelt(key: str) -> str | None:
    """The key that MMEngine reads, if this one is meant to be it."""
    close = get_close_matches(key, TOP_KEYS, n=1, cutoff=MISSPELT)
    return close[0] if close and key not in TOP_KEYS else None


def has_our_recognizer(config: Config) -> bool:
    """Whether the model of a config is a ``VideoTextRecognizer``.

    Its type may be a name, with or without a scope, or the class.
    """
    kind = (config.get('model') or {}).get('type')
    name = getattr(kind, '__name__', str(kind))
    return name.rpartition('.')[-1] == 'VideoTextRecognizer'


def set_work_dir(config: Config, work_dir: str | None) -> None:
    """Take the flag, else the config's own, else one named like the file."""
    if work_dir is not None:
        config.work_dir = work_dir
    elif config.get('work_dir') is None:
        config.work_dir = str(Path('work_dirs', Path(config.filename).stem))


def _read(path: str) -> Config:
    packaged = '::' in path
    if not packaged and not Path(path).is_file():
        raise UserError(_renamed(path) or _no_file(path))
    try:
        return get_config(path) if packaged else Config.fromfile(path)
    except Exception as error:  # a config file is a program
        if packaged and (line := _renamed(path)):
            raise UserError(line) from error
        raise UserError(
            f'cannot read the config {path}: {_reason(error)}'
        ) from error


def _no_file(path: str) -> str:
    configs = sorted(Path(path).glob('*.py'))
    if configs:
        return f'{path} is a folder: expected a config, such as {configs[0]}'
    return f'no config file at {path}'


def _reason(error: Exception) -> str:
    line = last_line(error)
    base = re.search(r'"([^"]+)" does not exist', line)  # MMEngine's words
    base = base[1] if base else getattr(error, 'filename', None)
    renamed = base and _renamed(str(base))
    return renamed or f'{type(error).__name__}: {line}'


def _renamed(path: str) -> str | None:
    name = present_name(path)
    return name and f'{path} is now: {name}'


def _merge(config: Config, options: dict[str, Any]) -> None:
    for key in options:
        _check_option(config, key)
    apply_options(config, options)


def _check_option(config: Config, option: str) -> None:
    key = option.partition('.')[0]
    if key in TOP_KEYS:
        return
    if key in config:
        raise UserError(
            f'--cfg-options {option}: {key} is a variable of the config '
            'file, already put in place where it is used; give the key at '
            'that place, such as train_dataloader.dataset.ann_file'
        )
    raise UserError(
        f'--cfg-options {option}: the config has no key {key!r}'
        f'{suggest(key, TOP_KEYS)}'
    )
