"""How others say that pictures become pixels of a CLIP."""

from pathlib import Path
from typing import Any, NamedTuple

from vlprompt.errors import UserError

# Where a file does not say so: mean, standard deviation, interpolation.
OPENAI = (
    (0.48145466, 0.4578275, 0.40821073),
    (0.26862954, 0.26130258, 0.27577711),
    3,
)
IMAGENET = ((0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 2)
KINDS = dict(openai=OPENAI, imagenet=IMAGENET)
# PIL's numbers.
INTERPOLATIONS = {2: 'bilinear', 3: 'bicubic'}
STEPS = ('do_resize', 'do_center_crop', 'do_rescale', 'do_normalize')
PIXELS = 224


class Preprocessing(NamedTuple):
    """From a frame to what a model takes.

    Attributes:
        scale: ``(-1, short side)``, or (w, h) to which a frame is squashed.
        crop: Side of the square that is cut out of the middle.
        interpolation: ``'bicubic'`` or ``'bilinear'``.
        mean: Of the colors, between 0 and 1.
        std: Of the colors.
    """

    scale: tuple[int, int]
    crop: int
    interpolation: str
    mean: tuple[float, ...]
    std: tuple[float, ...]

    def pipeline(self, frames: int) -> list[dict[str, Any]]:
        """The pipeline of one view: the middles of as many segments."""
        return [
            dict(type='VideoInit'),
            dict(type='MultiViewSegmentSample', num_frames=frames),
            dict(type='VideoDecode'),
            dict(
                type='PILResize',
                scale=self.scale,
                keep_ratio=-1 in self.scale,
                interpolation=self.interpolation,
            ),
            dict(type='CenterCrop', crop_size=self.crop),
            dict(type='FormatShape', input_format='NCTHW'),
            dict(type='PackActionInputs', meta_keys=('filename',)),
        ]

    def data_preprocessor(self) -> dict[str, Any]:
        """The config that normalizes the colors."""
        return dict(
            type='ActionDataPreprocessor',
            mean=[255 * value for value in self.mean],
            std=[255 * value for value in self.std],
            format_shape='NCTHW',
        )


def read_preprocessing(
    given: dict[str, Any], kind: str, file: Path
) -> Preprocessing:
    """Understand a ``preprocessor_config.json`` of transformers.

    Args:
        given: Its content.
        kind: ``'openai'`` or ``'imagenet'``: what holds if it says nothing.
        file: Where it is from, for errors.

    Raises:
        UserError: If it asks for what the pipeline does not do.
    """
    mean, std, resample = KINDS[kind]
    off = [name for name in STEPS if given.get(name) is False]
    resample = given.get('resample', resample)
    rescale = given.get('rescale_factor', 1 / 255)
    scaled = is_number(rescale) and abs(rescale * 255 - 1) <= 1e-3
    if off or not scaled or resample not in [*INTERPOLATIONS]:
        what = ', '.join(off) or f'resample={resample}, scale {rescale}'
        raise UserError(f'{file}: preprocessing without or with {what}')
    size = given.get('size', PIXELS)
    scale = _scale(size, file)
    crop = given.get('crop_size', max(scale))
    if isinstance(crop, dict):
        height, width = crop.get('height'), crop.get('width')
        crop = height if height == width else None
    mean = given.get('image_mean', mean)
    std = given.get('image_std', std)
    colors = has_colors(mean) and has_colors(std)
    if type(crop) is not int or not colors:
        raise UserError(
            f'{file}: crop_size, image_mean or image_std is not what a CLIP '
            'takes (a square, three colors)'
        )
    how = INTERPOLATIONS[resample]
    return Preprocessing(scale, crop, how, tuple(mean), tuple(std))


def is_number(value: Any) -> bool:
    """Whether it is a number, which True and False are not."""
    return isinstance(value, float | int) and not isinstance(value, bool)


def has_colors(value: Any) -> bool:
    """Whether it is a number for each of three colors."""
    is_row = isinstance(value, list | tuple) and len(value) == 3
    return is_row and all(map(is_number, value))


def _scale(size: Any, file: Path) -> tuple[int, int]:
    if isinstance(size, dict):
        sides = (size.get('width'), size.get('height'))
        if 'shortest_edge' in size:
            sides = (-1, size['shortest_edge'])
    else:
        sides = (-1, size)
    if any(type(side) is not int or side == 0 for side in sides):
        raise UserError(f'{file}: size {size!r}, expected a number of pixels')
    return sides
