import logging
from collections.abc import Sequence
from typing import Any

import torch
from mmengine.dist import broadcast
from mmengine.logging import print_log
from torch import Tensor

from vlprompt.datasets.lists.descriptions import Given, describe_classes
from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import TokenizedTexts, unit
from .class_texts import ClassTexts, tokenize
from .description_template import DescriptionTemplate
from .template import TemplateTokens

USES = ('mean', 'random', 'all')


@MODELS.register_module()
class DescriptionTexts(ClassTexts):
    """Every video is compared with sentences that describe the classes.

    They follow the class names of the data set; a class without a sentence
    is an error, sentences of other classes are not used.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        descriptions: A JSON file of ``{class name: [sentence, ...]}``, or
            its content; of several the first that describes every class.
            They are read when the classes are known.
        use: What becomes of several sentences of a class.  ``'mean'``: the
            mean of their normalized embeddings.  ``'random'``: in training
            one of them for each step, the same for all videos of all
            processes; in evaluation the mean.  ``'all'``: each is compared
            for itself, which needs as many of every class; what they add up
            to is the head's decision, see :class:`SimilarityHead`.
        template: See :class:`DescriptionTemplate`.
        kwargs: ``anchor_template`` and ``classes`` of :class:`ClassTexts`.

    Raises:
        UserError: If the template is not as it should be.
    """

    def __init__(
        self,
        tokenizer: Any,
        descriptions: Given | Sequence[Given],
        use: str = 'mean',
        template: str = '{name}: {text}',
        classes: Sequence[str] | None = None,
        **kwargs,
    ) -> None:
        if use not in USES:
            raise UserError(f'use={use!r}, expected one of {USES}')
        super().__init__(tokenizer, template='{}', **kwargs)
        self.use = use
        self.template = DescriptionTemplate(template, tokenizer)
        self.templates = [self.template.outer]
        self.descriptions = descriptions
        # (N,) the class of each text, and (C,) how many each class has
        self.owners = self.counts = torch.zeros(0).long()
        if classes is not None:
            self.set_classes(classes)

    def lines(self, name: str, sentence: str) -> list[TemplateTokens]:
        """The texts that one sentence about a class makes."""
        return [self.template(name, sentence)]

    def tokenize_classes(self, names: Sequence[str]) -> TokenizedTexts:
        """All texts of C classes; by class, or by sentence to use them all.

        Raises:
            UserError: If a class has none, or another number than others
                where all are used.
        """
        found, source = describe_classes(self.descriptions, names)
        counts = torch.tensor([len(sentences) for sentences in found])
        lines = [
            [line for s in sentences for line in self.lines(name, s)]
            for name, sentences in zip(names, found, strict=True)
        ]
        if self.use == 'all':
            check_equal(names, counts.tolist(), source)
            lines = [*zip(*lines, strict=True)]
        flat = [line for group in lines for line in group]
        tokens = tokenize(flat)
        if tuple(names) != self.class_names:
            warn_of_truncated(flat, source)
        self.counts = counts
        texts = [len(group) for group in lines]
        self.owners = torch.arange(len(lines)).repeat_interleave(
            torch.tensor(texts)
        )
        return tokens

    def forward(self, data_samples: list | None = None) -> TokenizedTexts:
        """All texts of the C classes or, in training, those that are drawn.

        Args:
            data_samples: Not used: all classes are compared, not samples.
        """
        tokens = super().forward()
        if not self._draws:
            return tokens
        places = self.draw()
        broadcast(places)  # all processes encode their share of one list
        return select_texts(tokens, places)._replace(drawn=places)

    def draw(self) -> Tensor:
        """(R * C,) places of R texts for each class, C after C."""
        return self.starts() + draw_below(self.counts)

    def starts(self) -> Tensor:
        """(C,) place of the first text of each class."""
        return torch.searchsorted(self.owners, torch.arange(len(self.counts)))

    def combine(self, embeddings: Tensor) -> Tensor:
        """(N, E) of all texts, or (R * C, E) drawn, to (C, E) means.

        They stay as they are where all are used.
        """
        num = len(self.counts)
        if self.use == 'all' or len(embeddings) == num:
            return embeddings
        embeddings = unit(embeddings)
        if self._draws:
            return embeddings.unflatten(0, (-1, num)).mean(dim=0)
        owners = self.owners.to(embeddings.device)
        sums = embeddings.new_zeros(num, embeddings.size(1))
        sums = sums.index_add(0, owners, embeddings)
        # counted on the CPU: a meta device, where models are sized, cannot
        texts = self.owners.bincount(minlength=num)
        return sums / texts[:, None].to(embeddings.device)

    @property
    def _draws(self) -> bool:
        """Whether a step has some of the texts, not all; their number alone
        does not tell."""
        return self.use == 'random' and self.training


def draw_below(numbers: Tensor) -> Tensor:
    """(N,) numbers to as many drawn at random, each from 0 to below it."""
    drawn = torch.rand(len(numbers), dtype=torch.float64)
    return (drawn * numbers).long()


def select_texts(tokens: TokenizedTexts, places: Tensor) -> TokenizedTexts:
    """The texts at (S,) places of a list, as if there were no others."""
    # Where they end is known: the largest id says so of CLIP's texts alone.
    return TokenizedTexts.from_ids(
        tokens.ids[places], tokens.slots[places], tokens.ends[places]
    )


def check_equal(names: Sequence[str], counts: list[int], where: str) -> None:
    """Refuse classes with different numbers of sentences.

    Raises:
        UserError: With two classes whose numbers differ.
    """
    other = next((i for i, n in enumerate(counts) if n != counts[0]), None)
    if other is not None:
        raise UserError(
            f'{where}: class {names[0]!r} has {counts[0]} sentences, '
            f'{names[other]!r} has {counts[other]}, expected as many of each '
            "where all are compared; use='mean' and use='random' take any"
        )


def warn_of_truncated(lines: Sequence[TemplateTokens], where: str) -> None:
    """Say how many texts lost words, if some did."""
    number = sum(line.truncated for line in lines)
    if number:
        print_log(
            f'{where}: {number} of {len(lines)} texts have more tokens than '
            'CLIP takes and lost their last words',
            'current',
            logging.WARNING,
        )
