from collections.abc import Sequence

from mmengine.model import BaseModule
from torch import Tensor, nn

from vlprompt.registry import MODELS


@MODELS.register_module()
class Coupling(BaseModule):
    """Makes the prompts of one tower from the other's, token by token.

    The linear map is applied to the prompt parameters, not to what a layer
    made of them (MaPLe; ViLT-CLIP, eqs. 10 and 11).

    Args:
        source: ``'visual'`` or ``'text'``: the tower that has free prompts.
        target: The other one.
        layers: The layers where this happens.
        widths: Width of each tower.
        shared: One map for all layers (ViLT-CLIP) or one for each, all
            starting from the same values (MaPLe).
    """

    def __init__(
        self,
        source: str,
        target: str,
        layers: Sequence[int],
        widths: dict[str, int],
        shared: bool = True,
    ) -> None:
        super().__init__()
        self.source, self.target = source, target
        self.layers = tuple(layers)
        num = 1 if shared else len(self.layers)
        self.maps = nn.ModuleList(
            nn.Linear(widths[source], widths[target]) for _ in range(num)
        )
        for other in self.maps[1:]:
            other.load_state_dict(self.maps[0].state_dict())

    def forward(
        self, prompts: dict[str, list[Tensor | None]]
    ) -> dict[int, Tensor]:
        """Prompts of both towers to those (K, D) of the target, by layer."""
        source = prompts[self.source]
        return {
            i: self.maps[k % len(self.maps)](source[i])
            for k, i in enumerate(self.layers)
        }
