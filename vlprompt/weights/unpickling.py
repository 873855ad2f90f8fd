"""Pickles of tensors beside objects that are not made."""

from types import SimpleNamespace
from typing import Any, BinaryIO

import torch

from vlprompt.safe_pickle import TENSORS, SafeUnpickler

# What a file of tensors and plain containers is made with.
HARMLESS = {
    *TENSORS,
    ('torch._utils', '_rebuild_parameter'),
    ('torch._utils', '_rebuild_tensor'),
}
PLAIN = (torch.Tensor, str, bytes, int, float, bool, type(None))


class Restricted(SimpleNamespace):
    """What ``torch.load`` takes for a ``pickle_module``.

    Nothing except tensors and plain containers is made: in the place of any
    other object (a configuration, say), and of whatever a malicious file
    would call, stands None.

    Attributes:
        left_out: The names of what was not made, once it has been used.
    """

    def __init__(self) -> None:
        left_out: dict[str, None] = {}

        def skip(module: str, name: str) -> Any:
            if module == 'torch':
                found = getattr(torch, name, None)
                if isinstance(found, torch.dtype):
                    return found
            left_out[f'{module}.{name}'] = None
            return Skipped

        class Unpickler(SafeUnpickler):
            def __init__(self, file: BinaryIO, **kwargs: Any) -> None:
                super().__init__(file, HARMLESS, skip, **kwargs)

        super().__init__(
            Unpickler=Unpickler,
            load=lambda file, **kwargs: Unpickler(file, **kwargs).load(),
            __name__='restricted',
            left_out=left_out,
        )


class Skipped:
    """Takes the place of an object that is not made."""

    def __new__(cls, *_args, **_kwargs) -> 'Skipped':
        """An empty one."""
        return super().__new__(cls)

    def __init__(self, *_args, **_kwargs) -> None:
        pass

    def __setstate__(self, state: Any) -> None:
        """Take a state."""

    def __setitem__(self, key: Any, value: Any) -> None:
        """Take an item as a dict would."""

    def __call__(self, *_args, **_kwargs) -> 'Skipped':
        """Itself."""
        return self

    def append(self, item: Any) -> None:
        """Take an item as a list would."""

    def extend(self, items: Any) -> None:
        """Take items as a list would."""

    def add(self, item: Any) -> None:
        """Take an item as a set would."""


def plain(content: Any) -> Any:
    """The same without what was skipped."""
    if isinstance(content, dict):
        return {
            key: plain(value)
            for key, value in content.items()
            if isinstance(key, (str, int))
        }
    if isinstance(content, (list, tuple)):
        return [plain(value) for value in content]
    return content if isinstance(content, PLAIN) else None
