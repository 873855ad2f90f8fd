"""What images a CLIP was trained on: scaled and normalised how."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from open_clip.pretrained import get_pretrained_cfg

from vlprompt.errors import UserError
from vlprompt.weights import split_place

from .files import config_beside


class Preprocessing(NamedTuple):
    """How CLIP's images were prepared.

    Attributes:
        mean: Of red, green and blue, of pixels from 0 to 255.
        std: Likewise.
        interpolation: ``'bicubic'`` or ``'bilinear'``.
        resize_mode: ``'shortest'`` (the short side, then a crop),
            ``'squash'`` (both sides) or ``'longest'``.
    """

    mean: tuple[float, ...]
    std: tuple[float, ...]
    interpolation: str
    resize_mode: str


def preprocessing_of(
    arch: str | dict, pretrained: str | None
) -> Preprocessing | None:
    """What open_clip says of a tag, or of a file it has written.

    Returns:
        None where nothing is known: files of others, random weights.

    Example:
        >>> found = preprocessing_of('ViT-L-14', 'laion2b_s32b_b82k')
        >>> found.mean, found.interpolation
        ((127.5, 127.5, 127.5), 'bicubic')
    """
    if pretrained is None:
        return None
    found, file = None, Path(split_place(pretrained)[0]).expanduser()
    if file.is_file():
        found = config_beside(file).get('preprocess_cfg')
        if not isinstance(found, dict) or not {'mean', 'std'} <= found.keys():
            return None
    elif isinstance(arch, str):
        found = get_pretrained_cfg(arch, pretrained)
    if not found:
        return None
    return Preprocessing(
        tuple(255 * value for value in found['mean']),
        tuple(255 * value for value in found['std']),
        found.get('interpolation', 'bicubic'),
        found.get('resize_mode', 'shortest'),
    )


def preprocessor_config(
    config: Mapping[str, Any] | None, clip: Mapping[str, Any]
) -> dict[str, Any]:
    """The config of a data preprocessor without ``from_clip``.

    Args:
        config: Of MMAction2's ``ActionDataPreprocessor`` or one like it;
            ``from_clip=True`` takes mean and standard deviation of the CLIP.
        clip: ``arch`` and ``pretrained`` of the CLIP.

    Raises:
        UserError: If they are to be taken from a CLIP of which they are not
            known.
    """
    config = dict(config or {})
    config.setdefault('type', 'ActionDataPreprocessor')
    if not config.pop('from_clip', False):
        return config
    found = preprocessing_of(clip['arch'], clip.get('pretrained'))
    if found is None:
        raise UserError(
            'data_preprocessor=dict(from_clip=True): mean and std of '
            f'pretrained={clip.get("pretrained")!r} are not known, only '
            "those of open_clip's tags: write mean and std"
        )
    return {**config, 'mean': list(found.mean), 'std': list(found.std)}
