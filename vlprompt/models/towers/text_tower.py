from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS

from ..features import Prompts, TokenizedTexts
from .layer import Layer, run


@MODELS.register_module()
class CLIPTextTower(BaseModule):
    """CLIP's text transformer; what all texts begin with is run once.

    Under the causal mask the states of the common beginning (start token,
    the words of a template, prompts shared by all classes) are the same for
    every text.  They are computed for one text and are context to the C
    remainders.  Nothing after the longest text is computed, and of the last
    layer only the end-of-text tokens.

    Args:
        text: open_clip's ``TextTransformer``; given by the recognizer.
        with_cp: Whether layers are recomputed in the backward pass.
    """

    def __init__(self, text: nn.Module, with_cp: bool = False) -> None:
        super().__init__()
        self.text = text
        self.with_cp = with_cp

    def forward(
        self, texts: TokenizedTexts, prompts: Prompts | None = None
    ) -> Tensor:
        """C texts to (C, E) embeddings, not normalised.

        Args:
            texts: Token ids, and the K slots that the prompts fill.
            prompts: For each layer (K, D), or (C, K, D) if each class has
                its own, or None.  Layers without prompts carry on what the
                layer before made of its own.
        """
        text, blocks = self.text, self.text.transformer.resblocks
        prompts = [None] * len(blocks) if prompts is None else prompts
        texts = _unshare_own_prompts(texts, prompts)
        embedded = text.token_embedding(texts.ids)
        position = text.positional_embedding[: texts.ids.size(1)]
        # (C, L, D) -> (1, 1, P, D) and (C, 1, L - P, D)
        head = embedded[None, :1, : texts.shared]
        tail = embedded[:, None, texts.shared :]
        head, tail = _fill(head, tail, texts, prompts[0])
        head = head + position[: texts.shared]
        tail = tail + position[texts.shared :]

        for i, block in enumerate(blocks):
            if i > 0:
                head, tail = _fill(head, tail, texts, prompts[i])
            last = i == len(blocks) - 1
            rows = (texts.ends - texts.shared)[:, None] if last else None
            layer = Layer(block, self._mask(tail))
            context = head if texts.shared else None
            tail = run(layer, tail, context, rows, self.with_cp)
            if texts.shared and not last:
                layer = Layer(block, self._mask(head))
                head = run(layer, head, None, None, self.with_cp)
        return self._project(text.ln_final(tail[:, 0, 0]))

    def _mask(self, tokens: Tensor) -> Tensor:
        length = tokens.size(2)
        return self.text.attn_mask[:length, :length]

    def _project(self, pooled: Tensor) -> Tensor:
        projection = self.text.text_projection
        if projection is None:
            return pooled
        if isinstance(projection, nn.Linear):
            return projection(pooled)
        return pooled @ projection


def _unshare_own_prompts(
    texts: TokenizedTexts, prompts: Prompts
) -> TokenizedTexts:
    """Prompts of one class end what its text shares with the others."""
    if all(p is None or p.dim() == 2 for p in prompts):
        return texts
    shared = min(texts.shared, texts.first_slot)
    return texts._replace(shared=shared, shared_slots=0)


def _fill(
    head: Tensor, tail: Tensor, texts: TokenizedTexts, prompt: Tensor | None
) -> tuple[Tensor, Tensor]:
    """Put a layer's prompts into the slots of both parts of the texts."""
    if prompt is None:
        return head, tail
    k = texts.shared_slots
    head = _put(head, texts.slots[:1, :k], prompt[..., :k, :])
    tail = _put(tail, texts.slots[:, k:] - texts.shared, prompt[..., k:, :])
    return head, tail


def _put(tokens: Tensor, slots: Tensor, prompt: Tensor) -> Tensor:
    """(C, 1, L, D) tokens with (K, D) or (C, K, D) prompts at C x K slots."""
    if not slots.size(1):
        return tokens
    where = slots[:, None, :, None].expand(-1, 1, -1, tokens.size(-1))
    prompt = prompt.to(tokens.dtype).expand(len(slots), -1, -1)
    return tokens.scatter(2, where, prompt[:, None])
