"""Where the configs are that come with the package."""

import contextlib
from pathlib import Path

PACKAGE = Path(__file__).parent
CHECKOUT = PACKAGE.parent
SHIPPED = ('configs', 'tools', 'model-index.yml')


def config_folder() -> Path:
    """The folder of all configs: of the checkout or in the package."""
    return (CHECKOUT if _is_checkout() else PACKAGE / '.mim') / 'configs'


def _is_checkout() -> bool:
    """Whether the package lies in its repository."""
    return all((CHECKOUT / name).exists() for name in SHIPPED)


def find_config(name: str) -> str:
    """The file of a config, of a checkout or of an installed package.

    Args:
        name: Relative to the folder of all configs: ``'vilt/vilt_toy.py'``.
    """
    return str(config_folder() / name)


def package_with_configs() -> Path:
    """The folder below which MMEngine looks for ``.mim/configs``.

    A checkout gets links to its configs, where the system allows them.
    """
    folder = PACKAGE / '.mim'
    for name in SHIPPED if _is_checkout() else ():
        if (folder / name).exists():
            continue
        with contextlib.suppress(OSError):
            folder.mkdir(exist_ok=True)
            (folder / name).symlink_to(Path('../..') / name)
    return PACKAGE
