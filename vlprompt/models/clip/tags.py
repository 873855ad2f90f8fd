"""open_clip's tags of weights: their files, and how they were trained."""

from pathlib import Path

from open_clip.pretrained import get_pretrained_cfg

from vlprompt.errors import UserError
from vlprompt.weights import split_place

from .arch import arch_config
from .download import download
from .files import ClipFile


def find_file(arch: str | dict, pretrained: str) -> str:
    """The file of a path or of an open_clip tag.

    Raises:
        UserError: If it is neither, or was trained with another activation
            than the architecture has.
    """
    tag = isinstance(arch, str) and get_pretrained_cfg(arch, pretrained)
    place = Path(split_place(pretrained)[0]).expanduser()
    # A folder that is called as a tag is not meant.
    if place.is_file() or (place.exists() and not tag):
        return pretrained
    if not tag and isinstance(arch, str):
        plain = arch.removesuffix('-quickgelu')
        quick = plain == arch  # the architecture that differs in that
        other = f'{plain}-quickgelu' if quick else plain
        if get_pretrained_cfg(other, pretrained):
            raise _wrong_activation(
                arch, pretrained, 'QuickGELU' if quick else 'GELU'
            )
    if not tag:
        raise UserError(
            f'pretrained={pretrained!r} is neither a file nor one of '
            f"open_clip's tags for {arch!r}"
        )
    _check_tag(arch, pretrained, tag)
    return download(arch, pretrained, tag)


def _check_tag(arch: str, tag: str, config: dict) -> None:
    quick = bool(arch_config(arch).get('quick_gelu'))
    if quick != bool(config.get('quick_gelu')):
        expected = 'GELU' if quick else 'QuickGELU'
        raise _wrong_activation(arch, tag, expected)


def check_activation(
    file: ClipFile, config: dict, arch: str | dict, pretrained: str
) -> None:
    """Raise a UserError if a file was trained with another activation."""
    quick = bool(config.get('quick_gelu'))
    if file.activation == 'quick_gelu' and not quick:
        raise _wrong_activation(arch, pretrained, 'QuickGELU')
    if file.activation == 'gelu' and quick:
        raise _wrong_activation(arch, pretrained, 'GELU')


def _wrong_activation(
    arch: str | dict, pretrained: str, expected: str
) -> UserError:
    how = 'an arch dict with quick_gelu=' + str(expected == 'QuickGELU')
    if isinstance(arch, str):
        plain = arch.removesuffix('-quickgelu')
        how = plain + ('-quickgelu' if expected == 'QuickGELU' else '')
    name = arch if isinstance(arch, str) else 'the given arch'
    return UserError(
        f'{pretrained!r} was trained with {expected}, {name} has another '
        f'activation: use {how}'
    )
