from collections.abc import Iterable, Sequence
from typing import Any

import torch
from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.name_rules import check_names, check_tokens
from vlprompt.registry import MODELS

from ..features import TokenizedTexts, unit
from .template import Template, TemplateTokens
from .template_lists import template_list

ENSEMBLES = ('embedding', 'raw_embedding', 'probability')


@MODELS.register_module()
class ClassTexts(BaseModule):
    """Every video is compared with one text for each class of the data set.

    The class list is not part of the weights: it follows the data set, see
    :meth:`set_classes`.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        template: The text of a class, see :class:`Template`, or a list of
            them or the name of a list (``'actionclip16'``).
        ensemble: What several templates of a class add up to: the mean of
            their normalized ``'embedding'`` or ``'probability'`` values, or
            of their ``'raw_embedding'`` (PromptSRC).
        anchor_template: A hand-crafted text that the frozen CLIP encodes as
            the anchor of each class (ViLT-CLIP's scenario guidance).
        classes: Class names to begin with, for use without a data set.
    """

    def __init__(
        self,
        tokenizer: Any,
        template: str | Sequence[str] = 'a photo of a {}.',
        ensemble: str = 'embedding',
        anchor_template: str | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        if ensemble not in ENSEMBLES:
            raise UserError(
                f'ensemble={ensemble!r}, expected one of {ENSEMBLES}'
            )
        self.templates = [
            Template(t, tokenizer) for t in template_list(template)
        ]
        self.ensemble = ensemble
        self.anchor_template = anchor_template and Template(
            anchor_template, tokenizer
        )
        self.class_names: tuple[str, ...] | None = None
        self.tokens: TokenizedTexts | None = None
        self.anchor_tokens: TokenizedTexts | None = None
        if anchor_template and self.anchor_template.init_ids:
            raise UserError(
                f'anchor_template {anchor_template!r} has a bracket, but the '
                'anchor is the text of the frozen CLIP, which learns nothing'
            )
        if classes is not None:
            self.set_classes(classes)

    @property
    def init_ids(self) -> list[int | None]:
        """The token id each learnable token starts from, None if random."""
        return self.templates[0].init_ids

    def set_classes(self, names: Sequence[str]) -> None:
        """Take the class names of a data set, in the order of its labels.

        Raises:
            UserError: If a name cannot be one, two of them are the same
                tokens, or a text is too long.
        """
        names = check_names(names)
        encode = self.templates[0].tokenizer.encode
        check_tokens(names, [tuple(encode(name)) for name in names])
        tokens = self.tokenize_classes(names)
        if self.anchor_template:
            self.anchor_tokens = tokenize(map(self.anchor_template, names))
        self.tokens, self.class_names = tokens, names

    def tokenize_classes(self, names: Sequence[str]) -> TokenizedTexts:
        """All texts of C classes."""
        return self.tokenize(names)

    def tokenize(self, texts: Sequence[str]) -> TokenizedTexts:
        """C texts in R templates to R * C, by template."""
        return tokenize(t(text) for t in self.templates for text in texts)

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """The texts of the C classes, R * C with R templates, by template.

        Args:
            data_samples: Not used: all classes are compared, not samples.

        Raises:
            UserError: If no class list is known yet.
        """
        if self.tokens is None:
            raise UserError(
                'the model has no class names: run it on a data set that has '
                'some, or call set_classes(names)'
            )
        return self.tokens

    def combine(self, embeddings: Tensor) -> Tensor:
        """(R * C, E) to the (C, E) that the ensemble asks for, or as it is."""
        if len(self.templates) == 1 or self.ensemble == 'probability':
            return embeddings
        by_template = embeddings.unflatten(0, (len(self.templates), -1))
        if self.ensemble == 'embedding':
            by_template = unit(by_template)
        return by_template.mean(dim=0)


def tokenize(lines: Iterable[TemplateTokens]) -> TokenizedTexts:
    """Texts to one tensor of ids, padded with zeros.

    Raises:
        UserError: If their numbers of learnable tokens differ.
    """
    lines = list(lines)
    numbers = sorted({len(line.slots) for line in lines})
    if len(numbers) > 1:
        raise UserError(f'templates with {numbers} learnable tokens')
    ids = torch.zeros(len(lines), max(len(x.ids) for x in lines)).long()
    for row, line in zip(ids, lines, strict=True):
        row[: len(line.ids)] = torch.tensor(line.ids)
    slots = torch.tensor([line.slots for line in lines], dtype=torch.long)
    ends = torch.tensor([len(line.ids) - 1 for line in lines])
    return TokenizedTexts.from_ids(ids, slots, ends)


def hard_labels(data_samples: list) -> Tensor:
    """Samples to their (B,) labels, on the CPU.

    Raises:
        UserError: If labels are mixed.
    """
    labels = [sample.gt_label.cpu() for sample in data_samples]
    if any(label.numel() != 1 for label in labels):
        raise UserError(
            'texts that follow the labels of a batch need one label for each '
            'video: leave out mixup and cutmix'
        )
    return torch.cat(labels)
