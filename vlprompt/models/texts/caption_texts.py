from collections.abc import Sequence
from typing import Any

import torch
from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import tokenize
from .template import Template


@MODELS.register_module()
class CaptionTexts(BaseModule):
    """Retrieval: every video comes with a caption of its own.

    Captions that are too long lose their last words, never the end-of-text
    token.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        template: What surrounds a caption, see :class:`Template`;
            ``'[6] {}'`` for six learnable tokens before it.
        max_tokens: Tokens of a text at most, CLIP's number if not given.
        key: Where a data sample has its caption.
    """

    class_names = None
    anchor_template = None
    anchor_texts = None

    def __init__(
        self,
        tokenizer: Any,
        template: str = '{}',
        max_tokens: int | None = None,
        key: str = 'text',
    ) -> None:
        super().__init__()
        limit = max_tokens or tokenizer.context_length
        self.template = Template(template, tokenizer, limit, truncate=True)
        self.key = key

    @property
    def words(self) -> list[int | None]:
        """The token id each learnable token starts from, None if random."""
        return self.template('').words

    def set_classes(self, names: Sequence[str]) -> None:
        """Refuse: captions belong to samples, not to classes."""
        raise UserError(
            f'{len(names)} class names given to a model of captions: run it '
            'on a data set of captions, or use ClassTexts'
        )

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """The captions of B samples; each is a class of its own.

        Raises:
            UserError: If samples come without a caption.
        """
        captions = [s.get(self.key) for s in data_samples or ()]
        if not captions or not all(isinstance(c, str) for c in captions):
            raise UserError(
                f'samples without a caption {self.key!r}: add it to the '
                'meta_keys of PackActionInputs'
            )
        classes = torch.arange(len(captions))
        return tokenize(map(self.template, captions))._replace(classes=classes)

    def combine(self, embeddings: Tensor) -> Tensor:
        """(B, E) as they are: a sample has one caption."""
        return embeddings
