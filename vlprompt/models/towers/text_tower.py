from collections.abc import Callable, Sequence

import torch
from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..features import LayerPrompts, TokenizedTexts
from ..roles import InsidePart
from .calls import run
from .last_layer import project, read_ends
from .layer import Layer
from .layer_parts import acts_inside, build_layer_parts
from .packing import Packing, one_a_row, pack
from .slots import by_text, fill, put, unprompted_places

LENGTHS = (None, 'longest', 'full')


@MODELS.register_module()
class CLIPTextTower(BaseModule):
    """CLIP's text transformer; what all texts begin with is run once.

    Under the causal mask the states of the common beginning (start token,
    the words of a template, prompts shared by all classes) are the same for
    every text.  They are computed for one text and are context to the C
    remainders, which share rows of tokens: see :func:`pack`.  Of the last
    layer only the end-of-text tokens are computed, and nothing of shared
    prompts that the next layer replaces.

    Without a causal mask (SigLIP) a token sees all others, padding too: each
    text is run by itself at all positions that the tower has.

    Args:
        text: open_clip's ``TextTransformer``; given by the recognizer.
        with_cp: Whether layers are recomputed in the backward pass.
        adapters: Configs of what acts inside each layer, on single tokens;
            see :func:`build_layer_parts`.
        all_tokens: What is given: the end-of-text tokens (None), all tokens
            up to the end of the longest text (``'longest'``), or those at all
            positions that the tower has, padding too (``'full'``).
        stop_before_last: Whether what is given are all tokens up to the end
            of the longest text before the last layer, which :meth:`finish`
            runs: for a conditioner that makes the prompts of that layer.

    Raises:
        UserError: If an adapter looks at more than one token, or all tokens
            are wanted of a tower that stops before its last layer.
    """

    def __init__(
        self,
        text: nn.Module,
        with_cp: bool = False,
        adapters: Sequence[dict] = (),
        all_tokens: str | None = None,
        stop_before_last: bool = False,
    ) -> None:
        super().__init__()
        if all_tokens not in LENGTHS:
            known = 'None, ' + ' or '.join(map(repr, LENGTHS[1:]))
            raise UserError(f'all_tokens={all_tokens!r}, expected {known}')
        if stop_before_last and (all_tokens or text.attn_mask is None):
            raise UserError(
                'stop_before_last=True is for texts under a causal mask, '
                f'without all_tokens={all_tokens!r}'
            )
        self.text = text
        self.with_cp = with_cp
        self.all_tokens = all_tokens
        self.stop_before_last = stop_before_last
        blocks = text.transformer.resblocks
        self.adapters = build_layer_parts(
            adapters,
            len(blocks),
            width=text.transformer.width,
            mlp_width=blocks[0].mlp.c_fc.out_features,
            heads=blocks[0].attn.num_heads,
        )
        _check_tokenwise(self.adapters)

    def forward(
        self, tokens: TokenizedTexts, prompts: LayerPrompts | None = None
    ) -> Tensor:
        """C texts to (C, E), (C, L, E) or, before the end, (C, 1, L, D).

        Args:
            tokens: Token ids, and the K slots that the prompts fill.
            prompts: For each layer (K, D), or (C, K, D) if each class has
                its own, or None.  Layers without prompts carry on what the
                layer before made of its own.
        """
        text, blocks = self.text, self.text.transformer.resblocks
        prompts = [None] * len(blocks) if prompts is None else prompts
        if text.attn_mask is None:
            return self._encode_whole(tokens, prompts)
        # A prompt of its own makes a class differ from the others there.
        tokens = tokens.share_before(prompts)
        if self.all_tokens == 'full':
            tokens = tokens.lengthen(self.text.num_pos)
        packing = self._lay_out(tokens).to(tokens.ids.device)
        head, tail = self._embed(tokens, packing, prompts[0])
        mask, unprompted = packing.mask(), unprompted_places(tokens)
        places = packing.places + tokens.shared

        for i, block in enumerate(blocks):
            if i > 0:
                head, tail = fill(head, tail, tokens, packing, prompts[i])
            last = i == len(blocks) - 1
            if last and self.stop_before_last:
                return by_text(head, tail, tokens, packing)[:, None]
            lean = last and self.all_tokens is None
            queries = packing.ends if lean else None
            inside = self._inside(i, places.device)
            wanted = places.gather(1, packing.ends) if lean else places
            # The head is context: it stands before every text, so all of it
            # is visible, and the causal mask is among the tail alone.
            layer = Layer(block, mask, inside=[at(wanted) for at in inside])
            new = run(layer, tail, head, queries, self.with_cp)
            # After the tail, which has read the head that this layer saw.
            if tokens.shared and not lean:
                # The next layer's prompts replace what is computed there.
                replaced = not last and prompts[i + 1] is not None
                kept = unprompted if replaced else None
                head = self._advance(block, inside, head, kept)
            tail = new
        if self.all_tokens is not None:
            tail = by_text(head, tail, tokens, packing)
            return self._project(text.ln_final(tail))
        # (R, 1, N, D) -> (C, D)
        pooled = tail.flatten(0, 2)[packing.order]
        return self._project(text.ln_final(pooled))

    def finish(
        self,
        states: Tensor,
        tokens: TokenizedTexts,
        prompts: Tensor | None = None,
    ) -> Tensor:
        """The last layer: (B, C, E) embeddings, or (C, E) without prompts.

        Args:
            states: (C, 1, L, D) tokens before it, see :meth:`forward`.
            tokens: The same texts.
            prompts: Of B videos, (B, C, K, D), C may be 1.
        """
        text, size = self.text, states.size(2)
        ends = tokens.ends.to(states.device)
        ends = ends[:, None] if prompts is None else ends[None]
        inside = [at(ends) for at in self._inside(-1, ends.device)]
        layer = Layer(text.transformer.resblocks[-1], inside=inside)
        if prompts is None:
            layer.mask = text.attn_mask[None, None, :size, :size]
            out = run(layer, states, None, ends, self.with_cp)[:, 0, 0]
        else:
            out = read_ends(layer, states, ends[0], tokens.slots, prompts)
        return self._project(text.ln_final(out))

    def _encode_whole(
        self, tokens: TokenizedTexts, prompts: LayerPrompts
    ) -> Tensor:
        """C texts of a tower without a mask, each by itself."""
        text = self.text
        tokens = tokens.lengthen(text.num_pos)
        count, length = tokens.ids.shape
        device = tokens.ids.device
        places = torch.arange(length, device=device).expand(count, -1)
        starts = length * torch.arange(count, device=device)
        slots = tokens.slots + starts[:, None]
        hidden = text.token_embedding(tokens.ids)[:, None]  # (C, 1, L, D)
        queries = None
        for i, block in enumerate(text.transformer.resblocks):
            if prompts[i] is not None:
                prompt = prompts[i].expand(count, -1, -1).flatten(0, 1)
                hidden = put(hidden, slots.flatten(), prompt)
            if i == 0:
                hidden = hidden + text.positional_embedding
            if i == len(prompts) - 1 and self.all_tokens is None:
                queries = tokens.ends.to(device)[:, None]
            wanted = places if queries is None else queries
            inside = [at(wanted) for at in self._inside(i, device)]
            layer = Layer(block, inside=inside)
            hidden = run(layer, hidden, None, queries, self.with_cp)
        # (C, 1, L or 1, D) -> (C, L, D) or (C, D)
        hidden = hidden[:, 0] if queries is None else hidden[:, 0, 0]
        return self._project(text.ln_final(hidden))

    def _lay_out(self, tokens: TokenizedTexts) -> Packing:
        """Rows of several texts, or of one each if all tokens are wanted."""
        if self.all_tokens is None:
            return pack(tokens.remainders())
        size = tokens.ids.size(1) - tokens.shared
        return one_a_row(tokens.ends - tokens.shared, size)

    def _embed(
        self, tokens: TokenizedTexts, packing: Packing, prompt: Tensor | None
    ) -> tuple[Tensor, Tensor]:
        """The (1, 1, P, D) beginning and the (R, 1, S, D) remainders."""
        places = packing.places + tokens.shared
        ids = tokens.ids[packing.owners, places]
        head = self.text.token_embedding(tokens.ids[:1, : tokens.shared])[None]
        tail = self.text.token_embedding(ids)[:, None]
        head, tail = fill(head, tail, tokens, packing, prompt)
        position = self.text.positional_embedding
        head = head + position[: tokens.shared]
        return head, tail + position[places][:, None]

    def _inside(
        self, i: int, device: torch.device
    ) -> list[Callable[[Tensor], InsidePart]]:
        """What acts in layer i, to be told the places of tokens."""
        num = len(self.text.positional_embedding)
        return [part.over_positions(num, device) for part in self.adapters[i]]

    def _advance(
        self,
        block: nn.Module,
        inside: Sequence[Callable[[Tensor], InsidePart]],
        head: Tensor,
        kept: Tensor | None,
    ) -> Tensor:
        """The beginning through a layer, only the kept places if given."""
        length = head.size(2)
        every = torch.arange(length, device=head.device)
        places = (every if kept is None else kept)[None]
        layer = Layer(
            block,
            self.text.attn_mask[:length, :length],
            inside=[at(places) for at in inside],
        )
        if kept is None:
            return run(layer, head, None, None, self.with_cp)
        new = run(layer, head, None, kept[None], self.with_cp)
        return head.index_copy(2, kept, new)

    def _project(self, pooled: Tensor) -> Tensor:
        return project(pooled, self.text.text_projection)


def _check_tokenwise(layers: nn.ModuleList) -> None:
    """Texts share rows, and what they begin with is run once for all."""
    for part in (part for parts in layers for part in parts):
        if not acts_inside(part) or not part.tokenwise:
            raise UserError(
                f'{type(part).__name__} cannot stand in a text tower: there '
                'it would mix the tokens of different texts'
            )
