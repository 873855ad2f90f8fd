"""Published checkpoints, made ours."""

from .conversion import (
    KINDS,
    Conversion,
    build,
    convert,
    load_base,
    merged_clip,
    model_config,
    read,
    save_clip,
    write_config,
)
from .openai_archive import convert_archive
from .release_file import read_release

__all__ = [
    'KINDS',
    'Conversion',
    'build',
    'convert',
    'convert_archive',
    'load_base',
    'merged_clip',
    'model_config',
    'read',
    'read_release',
    'save_clip',
    'write_config',
]
