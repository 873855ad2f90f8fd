from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from vlprompt.datasets.lists.descriptions import letters_of
from vlprompt.registry import MODELS

from .description_texts import DescriptionTexts, draw_below
from .template import Template, TemplateTokens
from .template_lists import template_list


@MODELS.register_module()
class TemplatedDescriptionTexts(DescriptionTexts):
    """FROSTER: sentences about the classes, alone and after a template.

    With the plain text S of a class, its templated texts are ``r(name) S``
    for each template r: ``'a photo of archery. archery: a bow is drawn'``.
    In training one r, the same for all classes, is drawn for each step, and
    a class is the mean of the normalized embeddings of r(name) S and S; in
    evaluation it is the mean over all templates and the plain text.  Of
    several sentences about a class one is drawn, or the mean is over all.

    FROSTER's own files have "Name: sentence" as the sentence.  With those the
    template is ``'{text}'``, and r has the name as it is spelled there.

    Args:
        tokenizer: open_clip's ``SimpleTokenizer``; given by the recognizer.
        names_in: The templates r, as ``template`` of :class:`ClassTexts`.
        kwargs: Of :class:`DescriptionTexts`, without ``use``.
    """

    def __init__(
        self,
        tokenizer: Any,
        descriptions: Any,
        names_in: str | Sequence[str] = 'openvclip28',
        classes: Sequence[str] | None = None,
        **kwargs,
    ) -> None:
        super().__init__(tokenizer, descriptions, use='random', **kwargs)
        self.names_in = template_list(names_in)
        for template in self.names_in:
            Template(template, tokenizer)  # is it one?
        if classes is not None:
            self.set_classes(classes)

    def lines(self, name: str, sentence: str) -> list[TemplateTokens]:
        """The plain text of a sentence, then one for each template."""
        plain = self.template.fill(name, sentence)
        start = sentence.partition(':')[0]
        if letters_of(start) == letters_of(name):
            name = start
        named = (t.replace('{}', name) for t in self.names_in)
        texts = [plain, *(f'{words} {plain}' for words in named)]
        return [self.template.outer(text) for text in texts]

    def draw(self) -> Tensor:
        """(2 * C,) places: texts in one template, then the plain ones."""
        texts = 1 + len(self.names_in)
        plain = self.starts() + texts * draw_below(self.counts)
        template = torch.randint(1, texts, ())
        return torch.cat([plain + template, plain])
