"""What MMEngine's hub expects of a package."""

from mmengine.registry import init_default_scope as set_default_scope

from vlprompt.registry import DATASETS, HOOKS, METRICS, MODELS


def register_all_modules(init_default_scope: bool = True) -> None:
    """Register every part of the library.

    Args:
        init_default_scope: Whether names without a prefix are looked up in
            this library from now on.
    """
    for registry in (DATASETS, HOOKS, METRICS, MODELS):
        registry.import_from_location()
    if init_default_scope:
        set_default_scope('vlprompt')
