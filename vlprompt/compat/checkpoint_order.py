"""MMEngine removes a checkpoint before it has written the one that follows.

A run that is killed in between, or meets a full drive, is left without: with
``max_keep_ckpts=1`` without any, and always without the best one.  The note
of which one is the last is emptied before it is written.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from .remedy import Remedy


def is_needed() -> bool:
    """Whether the hook's functions are its own."""
    from mmengine.hooks.checkpoint_hook import CheckpointHook

    return not hasattr(CheckpointHook._save_best_checkpoint, '__wrapped__')


def apply() -> None:
    """Remove last of all, and write the note as a whole."""
    from mmengine.hooks import checkpoint_hook

    hook = checkpoint_hook.CheckpointHook
    for name in ('_save_checkpoint_with_step', '_save_best_checkpoint'):
        setattr(hook, name, removing_last(getattr(hook, name)))
    checkpoint_hook.open = Note  # instead of Python's, for the note alone


class Note:
    """A file to write to, as ``open(path, 'w')`` gives it."""

    def __init__(self, path: str, mode: str) -> None:
        self.path = path

    def __enter__(self) -> 'Note':
        """Nothing to do."""
        return self

    def __exit__(self, *error: object) -> None:
        """Nothing to do."""

    def write(self, text: str) -> None:
        """Write all of it."""
        from vlprompt.whole_files import write_text

        write_text(self.path, text)


class LateRemovals:
    """A backend that leaves it to the end to remove files.

    Args:
        backend: What it does everything else with.
    """

    def __init__(self, backend: Any) -> None:
        self._backend = backend
        self._removals: dict[str, Callable] = {}

    def __getattr__(self, name: str) -> Any:
        """What the other one has."""
        return getattr(self._backend, name)

    def remove(self, path: str) -> None:
        """Remove a file at the end."""
        self._removals[path] = self._backend.remove

    def rmtree(self, path: str) -> None:
        """Remove a folder at the end."""
        self._removals[path] = self._backend.rmtree

    def finish(self, kept: set[str | None]) -> None:
        """Remove what is not kept, and is there."""
        for path, remove in self._removals.items():
            if path not in kept and self._backend.exists(path):
                remove(path)


def removing_last(method: Callable) -> Callable:
    """A method of the hook that removes nothing until it has saved."""

    @wraps(method)
    def save(self, *args, **kwargs) -> None:
        backend = self.file_backend
        self.file_backend = LateRemovals(backend)
        try:
            method(self, *args, **kwargs)
            best = getattr(self, 'best_ckpt_path_dict', {}).values()
            kept = [self.last_ckpt, getattr(self, 'best_ckpt_path', None)]
            self.file_backend.finish({*kept, *best})
        finally:
            self.file_backend = backend

    return save


REMEDY = Remedy(
    package='mmengine',
    reason='removes a checkpoint before the next is written',
    is_needed=is_needed,
    apply=apply,
    advice='keep several checkpoints (max_keep_ckpts)',
    after='mmengine.hooks.checkpoint_hook',
)
