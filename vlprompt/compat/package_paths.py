"""MMEngine looks for packages with what setuptools 82 no longer has."""

import importlib.util
import sys
from collections.abc import Callable
from pathlib import Path

from .remedy import Remedy


def is_needed() -> bool:
    """Whether setuptools has no ``pkg_resources``."""
    from mmengine.utils import package_utils

    missing = importlib.util.find_spec('pkg_resources') is None
    return missing and package_utils.is_installed is not is_installed


def apply() -> None:
    """Look with the standard library."""
    for function in (is_installed, get_installed_path, package2module):
        replace_in_mmengine(function)


def replace_in_mmengine(function: Callable) -> None:
    """Put a function in the place of MMEngine's of the same name."""
    from mmengine.utils import package_utils

    name = function.__name__
    original = getattr(package_utils, name)
    for module_name, module in list(sys.modules.items()):
        if module_name.split('.')[0] != 'mmengine':
            continue
        if vars(module).get(name) is original:
            setattr(module, name, function)


def is_installed(package: str) -> bool:
    """Whether there is a distribution or a package of this name."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        distribution(package)
    except PackageNotFoundError:
        spec = importlib.util.find_spec(package)
        return spec is not None and spec.origin is not None
    return True


def get_installed_path(package: str) -> str:
    """The folder of the package of this name, or of a distribution.

    Raises:
        ImportError: If there is none.
    """
    for name in (package, package2module(package)):
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.origin is not None:
            return str(Path(spec.origin).parent)
    raise ImportError(f'{package} is not installed, or a namespace package')


def package2module(package: str) -> str:
    """The name that a distribution is imported by: ``'mmaction'``.

    Its own name if it does not say another.
    """
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        text = distribution(package).read_text('top_level.txt')
    except PackageNotFoundError:
        text = None
    return (text or package).split()[0]


REMEDY = Remedy(
    package='mmengine',
    reason='finds no package:: configs with setuptools >= 82',
    is_needed=is_needed,
    apply=apply,
    advice='pip install "setuptools<82"',
    after='mmengine.utils.package_utils',
)
