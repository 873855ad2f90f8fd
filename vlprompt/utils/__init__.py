"""What MMEngine's hub expects of a package."""

import importlib

from mmengine.registry import init_default_scope as set_default_scope


def register_all_modules(init_default_scope: bool = True) -> None:
    """Register every part of the library.

    Args:
        init_default_scope: Whether names without a prefix are looked up in
            this library from now on.
    """
    for name in ('datasets.registered', 'engine', 'evaluation', 'models'):
        importlib.import_module(f'vlprompt.{name}')
    if init_default_scope:
        set_default_scope('vlprompt')
