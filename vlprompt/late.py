"""Packages that import what is slow to import when it is used."""

import importlib
from collections.abc import Callable, Mapping
from typing import Any


def late_getattr(
    package: str, modules: Mapping[str, str]
) -> Callable[[str], Any]:
    """Make the ``__getattr__`` of a package (PEP 562).

    Args:
        package: Its ``__name__``.
        modules: For each name that it imports late the module that has it,
            relative to the package: ``{'CLIPHead': '.heads.clip_head'}``.
    """

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(
                f'module {package!r} has no attribute {name!r}'
            )
        return getattr(importlib.import_module(modules[name], package), name)

    return get
