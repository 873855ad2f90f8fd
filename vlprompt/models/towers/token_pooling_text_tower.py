import torch
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..builder import build_part
from ..features import LayerPrompts, TokenizedTexts
from ..roles import TokenPooler
from ..text_ends import finish_texts
from .slots import pick_prompts
from .text_tower import CLIPTextTower

TEXTS = 512  # whose tokens are all there at once


@MODELS.register_module()
class TokenPoolingTextTower(CLIPTextTower):
    """BDC-CLIP: CLIP's text transformer and statistics of all its tokens.

    All positions that the tower has take part, padding too, which attends to
    what stands before it.  Texts are encoded in groups.

    Args:
        text: See :class:`CLIPTextTower`.
        token_pooler: Config of what makes F statistics of a text.
        kwargs: Of :class:`CLIPTextTower`, without ``all_tokens``.
    """

    def __init__(self, text: nn.Module, token_pooler: dict, **kwargs) -> None:
        super().__init__(text, all_tokens='full', **kwargs)
        self.token_pooler = build_part(
            token_pooler, TokenPooler, embed_dim=text.output_dim
        )

    def forward(
        self, tokens: TokenizedTexts, prompts: LayerPrompts | None = None
    ) -> Tensor:
        """C texts to (C, E + F): end-of-text embeddings, then statistics.

        Args:
            tokens: See :class:`CLIPTextTower`.
            prompts: The same.
        """
        pooled = []
        for index in torch.arange(len(tokens.ids)).split(TEXTS):
            some = tokens.pick(index)
            encoded = super().forward(some, pick_prompts(prompts, index))
            texts = finish_texts(self, encoded, some)
            statistics = self.token_pooler(encoded[:, None], some.ends)
            pooled.append(torch.cat([texts, statistics], dim=-1))
        return torch.cat(pooled)
