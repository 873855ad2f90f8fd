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
from .published_checkpoint import read_published_checkpoint

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
    'read_published_checkpoint',
    'save_clip',
    'write_config',
]
