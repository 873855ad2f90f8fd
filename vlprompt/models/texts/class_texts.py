from collections.abc import Sequence
from typing import Any

import torch
from mmengine.model import BaseModule

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .template import Template, TemplateTokens


@MODELS.register_module()
class ClassTexts(BaseModule):
    """Every video is compared with one text for each class of the data set.

    The class list is not part of the weights: it follows the data set, see
    :meth:`set_classes`.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        template: The text of a class, see :class:`Template`.
        anchor_template: A hand-crafted text that the frozen CLIP encodes as
            the anchor of each class (ViLT-CLIP's scenario guidance).
        classes: Class names to begin with, for use without a data set.
    """

    def __init__(
        self,
        tokenizer: Any,
        template: str = 'a photo of a {}.',
        anchor_template: str | None = None,
        classes: Sequence[str] | None = None,
    ) -> None:
        super().__init__()
        self.template = Template(template, tokenizer)
        self.anchor_template = anchor_template and Template(
            anchor_template, tokenizer
        )
        self.class_names: tuple[str, ...] | None = None
        self.texts: TokenizedTexts | None = None
        self.anchor_texts: TokenizedTexts | None = None
        if classes is not None:
            self.set_classes(classes)

    @property
    def words(self) -> list[int | None]:
        """The token id each learnable token starts from, None if random."""
        return self.template('').words

    def set_classes(self, names: Sequence[str]) -> None:
        """Take the class names of a data set, in the order of its labels."""
        if isinstance(names, str) or not len(names):
            raise UserError(f'a list of class names expected, got {names!r}')
        self.texts = _tokenize(map(self.template, names))
        if self.anchor_template:
            self.anchor_texts = _tokenize(map(self.anchor_template, names))
        self.class_names = tuple(names)

    def forward(self) -> TokenizedTexts:
        """The texts of the C classes.

        Raises:
            UserError: If no class list is known yet.
        """
        if self.texts is None:
            raise UserError(
                'the model has no class names: run it on a data set that has '
                'some, or call set_classes(names)'
            )
        return self.texts


def _tokenize(rows: Sequence[TemplateTokens]) -> TokenizedTexts:
    rows = list(rows)
    ids = torch.zeros(len(rows), max(len(r.ids) for r in rows)).long()
    for row, line in zip(ids, rows, strict=True):
        row[: len(line.ids)] = torch.tensor(line.ids)
    slots = torch.tensor([r.slots for r in rows], dtype=torch.long)
    return TokenizedTexts.from_ids(ids, slots)
