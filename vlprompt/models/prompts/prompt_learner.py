from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from ..builder import build_part
from ..roles import Prompts

TOWERS = ('visual', 'text')


@MODELS.register_module()
class PromptLearner(BaseModule):
    """Owns every prompt parameter and says what each layer of each tower sees.

    Args:
        widths: Width of the ``visual`` and of the ``text`` tower.
        depths: Number of layers of each.
        num_slots: Learnable tokens in each text, from the template.
        init_vectors: For each of them the (D,) word embedding it starts
            from, or None.
        visual: Config of the vision tower's free prompts, if it has any;
            ``num`` defaults to ``num_slots``.
        text: The same for the text tower, always with ``num_slots`` tokens.
        couplings: Configs of :class:`Coupling`.

    Raises:
        UserError: If a layer has no or two sources of prompts, or the number
            of prompts and of slots differ.
    """

    def __init__(
        self,
        widths: dict[str, int],
        depths: dict[str, int],
        num_slots: int,
        init_vectors: Sequence[Tensor | None] = (),
        visual: dict | None = None,
        text: dict | None = None,
        couplings: Sequence[dict] = (),
    ) -> None:
        super().__init__()
        self.depths = depths
        self.free = nn.ModuleDict()
        for tower, cfg in zip(TOWERS, (visual, text), strict=True):
            if cfg is not None:
                cfg = {'type': 'DeepPrompts', **cfg}
                vectors = init_vectors if tower == 'text' else ()
                self.free[tower] = build_part(
                    cfg,
                    Prompts,
                    num=num_slots,
                    width=widths[tower],
                    depth=depths[tower],
                    init_vectors=vectors,
                )
        self.couplings = nn.ModuleList(
            build_part({'type': 'Coupling', **cfg}, widths=widths)
            for cfg in couplings
        )
        self._check_sources()
        self._check_slots(num_slots)

    def forward(
        self, slots: Tensor | None = None
    ) -> dict[str, list[Tensor | None]]:
        """For each tower and layer (K, D) prompts, or None.

        Args:
            slots: (C, K) places of the learnable tokens in the texts, which
                only some kinds of prompts want to know.
        """
        prompts = {tower: [None] * self.depths[tower] for tower in TOWERS}
        for tower, free in self.free.items():
            prompts[tower] = free(slots)
        for coupling in self.couplings:
            for i, vectors in coupling(prompts).items():
                prompts[coupling.target][i] = vectors
        return prompts

    def prompted(self, tower: str) -> list[int]:
        """The layers of ``'visual'`` or ``'text'`` that have prompts."""
        coupled = [c.layers for c in self.couplings if c.target == tower]
        return [*self._free(tower), *(i for layers in coupled for i in layers)]

    def _check_sources(self) -> None:
        owned = {(tower, i) for tower in self.free for i in self._free(tower)}
        for tower, i in owned:
            self._check_layer(tower, i)
        for coupling in self.couplings:
            for i in coupling.layers:
                self._check_layer(coupling.target, i)
                if (coupling.source, i) not in owned:
                    raise UserError(
                        f'{coupling.source} layer {i} has no prompts to make '
                        f'those of {coupling.target} layer {i} from'
                    )
                if (coupling.target, i) in owned:
                    raise UserError(
                        f'{coupling.target} layer {i} would have two sources '
                        'of prompts'
                    )
                owned.add((coupling.target, i))

    def _check_layer(self, tower: str, i: int) -> None:
        if not 0 <= i < self.depths[tower]:
            raise UserError(
                f'prompts for {tower} layer {i}, but that tower has layers 0 '
                f'to {self.depths[tower] - 1}'
            )

    def _check_slots(self, num_slots: int) -> None:
        sources = [c.source for c in self.couplings if c.target == 'text']
        first = any(i == 0 for i in self.prompted('text'))
        if first != bool(num_slots):
            raise UserError(
                f'the template has {num_slots} learnable tokens, but text '
                f'layer 0 has {"" if first else "no "}prompts'
            )
        for tower in ('text', *sources):
            num = self.free[tower].num if tower in self.free else None
            if num not in (None, num_slots):
                raise UserError(
                    f'the template has {num_slots} learnable tokens, the '
                    f'{tower} prompts have {num}'
                )

    def _free(self, tower: str) -> Sequence[int]:
        return self.free[tower].layers if tower in self.free else ()
