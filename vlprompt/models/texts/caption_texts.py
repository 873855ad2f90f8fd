from collections.abc import Sequence
from typing import Any

import torch
from mmaction.structures import ActionDataSample
from mmengine.model import BaseModule
from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts
from .class_texts import tokenize
from .template import Template


@MODELS.register_module()
class CaptionTexts(BaseModule):
    """Retrieval: every video comes with captions of its own.

    One in training, any number in evaluation.  Captions that are too long
    lose their last words, never the end-of-text token; each sample is told
    how many of its captions did (``truncated``).

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        template: What surrounds a caption, see :class:`Template`;
            ``'[6] {}'`` for six learnable tokens before it.
        max_tokens: Tokens of a text at most, those at its start and end
            included; CLIP's number if not given.
        key: Where a data sample has its caption or list of captions.

    Raises:
        UserError: If ``max_tokens`` is more than CLIP takes.
    """

    class_names = None
    anchor_template = None
    anchor_tokens = None

    def __init__(
        self,
        tokenizer: Any,
        template: str = '{}',
        max_tokens: int | None = None,
        key: str = 'text',
    ) -> None:
        super().__init__()
        limit = max_tokens or tokenizer.context_length
        if not 3 <= limit <= tokenizer.context_length:
            raise UserError(
                f'max_tokens={max_tokens}, CLIP takes 3 to '
                f'{tokenizer.context_length}'
            )
        self.template = Template(template, tokenizer, limit, truncate=True)
        self.key = key

    @property
    def init_ids(self) -> list[int | None]:
        """The token id each learnable token starts from, None if random."""
        return self.template.init_ids

    def set_classes(self, names: Sequence[str]) -> None:
        """Refuse: captions belong to samples, not to classes."""
        raise UserError(
            f'{len(names)} class names given to a model of captions: run it '
            'on a data set of captions, or use ClassTexts'
        )

    def tokenize(self, texts: Sequence[str]) -> TokenizedTexts:
        """M captions of no video in particular."""
        return tokenize(map(self.template, texts))

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """All captions of B samples; ``targets`` says whose each one is.

        Raises:
            UserError: If samples come without a caption.
        """
        lines, owners = [], []
        for place, sample in enumerate(data_samples or ()):
            captions = [self.template(c) for c in self._captions(sample)]
            truncated = sum(caption.truncated for caption in captions)
            sample.set_metainfo(dict(truncated=truncated))
            lines += captions
            owners += [place] * len(captions)
        if not lines:
            raise self._missing()
        return tokenize(lines)._replace(targets=torch.tensor(owners))

    def _captions(self, sample: ActionDataSample) -> list[str]:
        given = sample.get(self.key)
        captions = [given] if isinstance(given, str) else given
        if not captions or not all(isinstance(c, str) for c in captions):
            raise self._missing()
        return captions

    def _missing(self) -> UserError:
        return UserError(
            f'samples without a caption {self.key!r}: add it to the '
            'meta_keys of PackActionInputs'
        )

    def combine(self, embeddings: Tensor) -> Tensor:
        """(M, E) as they are: captions are not put together."""
        return embeddings
