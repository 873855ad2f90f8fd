"""The only place that makes a CLIP and reads files of CLIP weights."""

import math
from functools import partial
from typing import NamedTuple

from open_clip.transformer import TextTransformer
from torch import Tensor, nn

from ..layers.quick_gelu import replace_quick_gelu
from ..towers.trunk import trunk_of
from ..trainable_state import FilePositions
from .arch import arch_config
from .files import read_clip_file
from .finetuned import check_there, read_finetuned
from .matching import match
from .model import make_model
from .names import to_recognizer
from .positions import (
    NAME,
    check_positions,
    check_resizable,
    check_resize,
    checked_resize,
    resize_positions,
)
from .tags import check_activation, find_file
from .tokenizers import Tokenizer, tokenizer_of

DEFAULT_LOGIT_SCALE = math.log(1 / 0.07)


class CLIP(NamedTuple):
    """A CLIP, taken apart.

    Attributes:
        visual: open_clip's vision tower; :func:`trunk_of` makes all alike.
        text: open_clip's ``TextTransformer``.
        logit_scale: Logarithm of the similarity's factor.
        tokenizer: open_clip's ``SimpleTokenizer``, or one with its members.
        logit_bias: What is added to similarities, SigLIP's; else None.
        file_positions: Position embeddings of the images as the file has
            them, where they were resized.
        resize: How position embeddings of other images are resized, if they
            are.
    """

    visual: nn.Module
    text: TextTransformer
    logit_scale: float
    tokenizer: Tokenizer
    logit_bias: float | None = None
    file_positions: Tensor | None = None
    resize: str | None = None

    @property
    def positions(self) -> FilePositions | None:
        """How position embeddings of images of another size are read.

        None where they are not: by a trunk of timm.
        """
        if not hasattr(self.visual, 'positional_embedding'):
            return None
        return FilePositions(
            to_recognizer(NAME),
            tuple(self.visual.grid_size),
            partial(checked_resize, resize=self.resize),
            self.file_positions,
        )

    @property
    def widths(self) -> dict[str, int]:
        """Width of each tower."""
        return dict(
            visual=trunk_of(self.visual).width,
            text=self.text.transformer.width,
        )

    @property
    def embed_dim(self) -> int:
        """Width of the space that both towers project into."""
        return trunk_of(self.visual).out_dim(project=True)

    def embed_words(self, ids: list[int | None]) -> list[Tensor | None]:
        """Token ids (or None) to their (D,) word embeddings (or None)."""
        table = self.text.token_embedding.weight.detach()
        return [None if i is None else table[i].clone() for i in ids]

    @property
    def depths(self) -> dict[str, int]:
        """Number of layers of each tower."""
        return dict(
            visual=len(trunk_of(self.visual).blocks),
            text=len(self.text.transformer.resblocks),
        )


def load_clip(
    arch: str | dict,
    pretrained: str | None = None,
    finetuned: str | None = None,
    resize_positions: str | None = None,
    tokenizer: str | None = None,
) -> CLIP:
    """Make a CLIP and load its weights.

    Args:
        arch: open_clip's name of an architecture, for OpenAI's weights with
            ``-quickgelu`` at the end, or a dict with open_clip's own keys
            ``embed_dim``, ``vision_cfg``, ``text_cfg`` and ``quick_gelu``.
        pretrained: A file of weights (see :func:`read_clip_file`), a tag of
            open_clip, or None for random weights.
        finetuned: A checkpoint of ours in which weights of this CLIP were
            trained; they take the place of the pretrained ones.  It may
            hold nothing else, and was trained from the same CLIP.
        resize_positions: ``'bicubic'`` (as open_clip) or ``'bilinear'`` to
            resize position embeddings of images of another size; None to
            refuse them.
        tokenizer: A folder with the tokenizer of Hugging Face that the
            texts of some architectures have; it is fetched from the Hub if
            not given.  See :func:`tokenizer_of`.

    Raises:
        UserError: If the architecture is unknown or not one of CLIP's
            transformers, or the weights do not belong to it.

    Example:
        >>> arch = dict(
        ...     embed_dim=8,
        ...     vision_cfg=dict(
        ...         image_size=32, patch_size=16, width=64, layers=1
        ...     ),
        ...     text_cfg=dict(width=16, heads=2, layers=1),
        ... )
        >>> load_clip(arch).depths
        {'visual': 1, 'text': 1}
    """
    check_resize(resize_positions)
    config = arch_config(arch)
    # What may be missing comes before what takes long.
    file = None if pretrained is None else find_file(arch, pretrained)
    if finetuned is not None:
        check_there(finetuned)
    model = make_model(arch)
    replace_quick_gelu(model)
    check_resizable(model.visual, resize_positions)
    positions = None
    if pretrained is not None or finetuned is not None:
        positions = _load(
            model, config, arch, pretrained, file, finetuned, resize_positions
        )
    bias = model.logit_bias
    return CLIP(
        model.visual,
        model.text,
        _value(
            model.logit_scale,
            config.get('init_logit_scale', DEFAULT_LOGIT_SCALE),
        ),
        tokenizer_of(model.text, config['text_cfg'], tokenizer),
        None if bias is None else _value(bias, config['init_logit_bias']),
        positions,
        resize_positions,
    )


def _value(scalar: Tensor, start: float) -> float:
    """A number of a model, where it starts if it has no value.

    A tensor on the meta device has none.
    """
    return float(start) if scalar.is_meta else scalar.item()


def _load(
    model: nn.Module,
    config: dict,
    arch: str | dict,
    pretrained: str | None,
    file: str | None,
    finetuned: str | None,
    resize: str | None,
) -> Tensor | None:
    """Load weights; returns the positions of files of another image size."""
    state = {**model.state_dict()}
    grid = trunk_of(model.visual).grid_size
    if file is not None:
        weights = read_clip_file(file)
        check_activation(weights, config, arch, pretrained)
        state = match(model, weights.state_dict, arch, file, resize)
    if finetuned is not None:
        resized = _fit(state.get(NAME), grid, resize)
        learned = read_finetuned(finetuned, state, resized)
        if NAME in learned and len(learned[NAME]) != 1 + grid[0] * grid[1]:
            check_positions(learned[NAME], grid, finetuned, resize)
        state |= learned
    original = state.get(NAME)
    if original is not None:
        state[NAME] = _fit(original, grid, resize)
    model.load_state_dict(state)
    if original is None or original.shape == state[NAME].shape:
        return None
    return original


def _fit(
    positions: Tensor | None, grid: tuple, resize: str | None
) -> Tensor | None:
    if resize is None or positions is None:
        return positions
    if len(positions) == 1 + grid[0] * grid[1]:
        return positions
    return resize_positions(positions, grid, resize)
