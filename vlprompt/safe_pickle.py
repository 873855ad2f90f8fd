"""Reading pickles without running what they ask for."""

import pickle
from collections.abc import Callable, Collection
from typing import Any, BinaryIO

# What tensors are made with, as (module, name).
TENSORS = (
    ('collections', 'OrderedDict'),
    ('torch', 'Size'),
    ('torch._utils', '_rebuild_tensor_v2'),
)


class SafeUnpickler(pickle.Unpickler):
    """Makes what is allowed, and asks a function about everything else.

    A pickle is a program: it names functions and classes and calls them.
    Here only those of a list can be named.

    Args:
        file: The pickle, open for reading bytes.
        allowed: (module, name) of what may be called.
        on_other: Called with any other module and name, before anything is
            imported; returns what takes its place, or raises.
        kwargs: Those of ``pickle.Unpickler``.
    """

    def __init__(
        self,
        file: BinaryIO,
        allowed: Collection[tuple[str, str]],
        on_other: Callable[[str, str], Any],
        **kwargs: Any,
    ) -> None:
        super().__init__(file, **kwargs)
        self.allowed = allowed
        self.on_other = on_other

    def find_class(self, module: str, name: str) -> Any:
        """What a pickle means by a module and a name."""
        if (module, name) in self.allowed:
            return super().find_class(module, name)
        return self.on_other(module, name)
