"""MMEngine writes the config of a run in place.

A full drive leaves half of one in the work folder, which is a whole Python
file more often than not.
"""

from functools import wraps
from pathlib import Path

from .remedy import Remedy


def is_needed() -> bool:
    """Whether its function is its own."""
    from mmengine.config.config import Config

    return not hasattr(Config.dump, '__wrapped__')


def apply() -> None:
    """Write Python files as a whole; others are written by its backend."""
    from mmengine.config.config import Config

    original = Config.dump

    @wraps(original)
    def dump(self, file: str | Path | None = None) -> str | None:
        from vlprompt.whole_files import write_text

        if file is None or not str(file).endswith('.py'):
            return original(self, file)
        return write_text(file, self.pretty_text)

    Config.dump = dump


REMEDY = Remedy(
    package='mmengine',
    reason='a full drive leaves half a config in the work folder',
    is_needed=is_needed,
    apply=apply,
    advice='give the config by its own path',
    after='mmengine.config.config',
)
