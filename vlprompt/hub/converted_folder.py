"""Convert a folder of transformers, with what only its config tells."""

from pathlib import Path

from mmengine.config import Config

from vlprompt.converters.conversion import Conversion, convert, read
from vlprompt.errors import UserError

from .address import is_address
from .download import pull
from .folder import read_folder

KINDS = ('huggingface', 'huggingface-xclip')


def is_folder(source: str) -> bool:
    """Whether a folder is meant, here or on the Hub, and not a file."""
    return is_address(source) or Path(source).is_dir()


def convert_folder(kind: str, source: str) -> tuple[Conversion, Config]:
    """Convert a folder, and give the config that reads its videos.

    Args:
        kind: One of ``KINDS``.
        source: The folder, or its address.

    Raises:
        UserError: If it is of another kind.
    """
    if kind not in KINDS:
        raise UserError(
            f'{source} is not a file; folders are of the kinds '
            f'{" and ".join(KINDS)}'
        )
    found = read_folder(pull(source))
    if found.facts.get('layout') != 'transformers':
        raise UserError(
            f'{source} is not a folder of transformers: nothing is to be '
            'converted, give it as --model'
        )
    conversion = convert(kind, read(kind, found.checkpoint))
    return _as_configured(conversion, found.config), found.config


def _as_configured(conversion: Conversion, config: Config) -> Conversion:
    """The same with the architecture and the heads of the config."""
    given = config.model.to_dict()
    model = {
        part: {**value, **given[part]} if isinstance(value, dict) else value
        for part, value in conversion.model.items()
    }
    return conversion._replace(model=model, arch=given['clip']['arch'])
