from collections.abc import Sequence

from torch import Tensor

from vlprompt.errors import UserError
from vlprompt.registry import MODELS

from .prompt_learner import PromptLearner


@MODELS.register_module()
class ViLTPrompts(PromptLearner):
    """ViLT-CLIP: text leads in the first layers, vision in the others.

    In layers below ``split`` the text prompts are free and the vision
    prompts are mapped from them; from ``split`` to ``depth`` it is the other
    way round (eqs. 10 and 11, where K is the split; in eqs. 5 to 8 K is the
    depth).  Layers from ``depth`` on carry their prompts as tokens.

    Args:
        widths: Width of the ``visual`` and of the ``text`` tower.
        depths: Number of layers of each.
        num_slots: Prompt tokens per layer, from the template.
        init_vectors: Word embeddings the first text prompts start from.
        depth: Number of prompted layers, L.
        split: Number of layers where text leads; read by
            ``'bidirectional'`` only.
        coupling: ``'bidirectional'``, ``'text2vision'`` (the text prompts of
            all layers are free, as in MaPLe), ``'vision2text'`` or
            ``'none'`` (independent prompts in both towers).
        shared: One linear map per direction, or one per layer.
        num_visual: Vision prompts per layer with ``coupling='none'``;
            ``num_slots`` if not given.
    """

    def __init__(
        self,
        widths: dict[str, int],
        depths: dict[str, int],
        num_slots: int,
        init_vectors: Sequence[Tensor | None] = (),
        depth: int = 12,
        split: int = 6,
        coupling: str = 'bidirectional',
        shared: bool = True,
        num_visual: int | None = None,
    ) -> None:
        layers = range(depth)
        led_by_text = {
            'bidirectional': layers[:split],
            'text2vision': layers,
            'vision2text': layers[:0],
            'none': layers,
        }
        if coupling not in led_by_text:
            raise UserError(
                f'coupling={coupling!r}, expected one of {list(led_by_text)}'
            )
        if num_visual is not None and coupling != 'none':
            raise UserError(
                f'num_visual={num_visual} with coupling={coupling!r}: coupled '
                'prompts have the same number in both towers'
            )
        text = led_by_text[coupling]
        visual = layers if coupling == 'none' else layers[len(text) :]
        couplings = [
            dict(source='text', target='visual', layers=text, shared=shared),
            dict(source='visual', target='text', layers=visual, shared=shared),
        ]
        super().__init__(
            widths,
            depths,
            num_slots,
            init_vectors,
            visual=_deep_prompts(visual, num_visual or num_slots),
            text=_deep_prompts(text, num_slots),
            couplings=[
                c for c in couplings if coupling != 'none' and c['layers']
            ],
        )


def _deep_prompts(layers: Sequence[int], num: int) -> dict | None:
    if not layers:
        return None
    return dict(type='DeepPrompts', layers=layers, num=num)
