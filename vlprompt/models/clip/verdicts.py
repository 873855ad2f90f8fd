"""Which of open_clip's architectures run here, and why the others do not."""

from collections.abc import Iterator
from typing import NamedTuple

import open_clip
import torch

from ..towers.trunk import trunk_of
from .arch import UnfitClipError, arch_config
from .model import make_model


class Verdict(NamedTuple):
    """Whether an architecture runs.

    Attributes:
        name: open_clip's.
        tags: How many sets of weights open_clip knows of it.
        reason: Why it does not run; None if it does.
        notes: What is to be known of one that runs.
    """

    name: str
    tags: int
    reason: str | None
    notes: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it does."""
        return self.reason is None


def tower_names() -> list[str]:
    """All of open_clip's architectures."""
    return open_clip.list_models()


def judge(name: str) -> Verdict:
    """Build an architecture without weights, as a model would be built.

    Example:
        >>> judge('ViT-B-16').runs, judge('RN50').reason
        (True, 'its vision tower is a ModifiedResNet')
    """
    tags = len(open_clip.list_pretrained_tags_by_model(name))
    try:
        with torch.device('meta'):
            model = make_model(name)
    except UnfitClipError as error:
        return Verdict(name, tags, error.reason)
    return Verdict(name, tags, None, tuple(_notes(name, model)))


def _notes(name: str, model: open_clip.CustomTextCLIP) -> Iterator[str]:
    if not trunk_of(model.visual).has_class_token:
        yield 'no class token'
    if model.text.attn_mask is None:
        yield 'texts unmasked'
    if arch_config(name)['text_cfg'].get('hf_tokenizer_name'):
        yield 'own tokenizer'
