"""What a command line says about a reproduction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmengine.config import Config

    from vlprompt.jobs.executors import Executor


@dataclass(frozen=True, kw_only=True)
class Request:
    """How the runs of a table are run.

    Attributes:
        data_root: The folder of all data sets.
        out: The folder of the results.
        executor: Makes what runs the jobs of a folder.
        label_order: The order of the class names of HMDB-51.
        epochs: Epochs of every training, to try the whole; None for those of
            the paper.
        options: Changes of all configs, by dotted key.
    """

    data_root: str
    out: Path
    executor: Callable[[Path], Executor]
    label_order: str = 'official'
    epochs: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)

    def options_for(self, config: Config) -> dict[str, Any]:
        """The changes of a config: data, budget, and those that are given.

        Args:
            config: As it is in its file.
        """
        changes = dict(self._places(config))
        if self.epochs is not None:
            changes |= _budget(config, self.epochs)
        return {**changes, **self.options}

    def _places(self, config: Config) -> Mapping[str, Any]:
        """What a config reads below ``data``, besides its lists."""
        from vlprompt.datasets.lists.descriptions import KEYS

        model = config.model
        found = {'model.clip.pretrained': model.clip.get('pretrained')}
        texts = model.get('texts') or {}
        found |= {f'model.texts.{k}': texts[k] for k in KEYS if k in texts}
        moved = {key: self._moved(value) for key, value in found.items()}
        return {k: moved[k] for k in found if moved[k] != found[k]}

    def _moved(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._moved(item) for item in value]
        if not isinstance(value, str) or Path(value).parts[:1] != ('data',):
            return value
        return str(Path(self.data_root, *Path(value).parts[1:]))


def _budget(config: Config, epochs: int) -> dict[str, Any]:
    """Fewer epochs; a mean of later ones is of the last one instead."""
    from vlprompt.averaging.files import HOOK

    if not config.get('train_cfg'):
        return {}
    changes = {
        'train_cfg.max_epochs': epochs,
        'train_cfg.val_interval': epochs,
    }
    for name, hook in (config.get('default_hooks') or {}).items():
        if isinstance(hook, dict) and hook.get('type') == HOOK:
            key = f'default_hooks.{name}'
            changes[f'{key}.first'] = min(hook.get('first', 2), epochs)
            changes[f'{key}.last'] = None
    return changes
