"""Published checkpoints, made ours."""

from .conversion import (
    KINDS,
    Conversion,
    convert,
    load_base,
    read,
    save_clip,
)
from .converted_model import build, model_config, write_config
from .openai_archive import convert_archive

__all__ = [
    'KINDS',
    'Conversion',
    'build',
    'convert',
    'convert_archive',
    'load_base',
    'model_config',
    'read',
    'save_clip',
    'write_config',
]
