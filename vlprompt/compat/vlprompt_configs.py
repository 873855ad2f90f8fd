"""MMEngine does not resolve ``vlprompt::<config>`` by itself.

It has a closed list of packages with configs, and looks for one installed
with ``pip install -e`` where it is not.
"""

from .package_paths import replace_in_mmengine
from .remedy import Remedy


def is_needed() -> bool:
    """Whether MMEngine does not know this package."""
    from mmengine.config.utils import MODULE2PACKAGE

    return 'vlprompt' not in MODULE2PACKAGE


def apply() -> None:
    """Add this package to the list, and say where it is."""
    from mmengine.config.utils import MODULE2PACKAGE
    from mmengine.utils import package_utils

    MODULE2PACKAGE['vlprompt'] = 'vlprompt'
    original = package_utils.get_installed_path

    def get_installed_path(package: str) -> str:
        if package == 'vlprompt':
            from vlprompt.shipped import package_with_configs

            return str(package_with_configs())
        return original(package)

    replace_in_mmengine(get_installed_path)


REMEDY = Remedy(
    package='mmengine',
    reason='does not know where the configs of vlprompt:: are',
    is_needed=is_needed,
    apply=apply,
    advice="give the config's path",
    after='mmengine.config.utils',
)
