"""The parts of a model that read texts, and its prompts."""

from torch import nn

from ..builder import build_part
from ..clip.loader import CLIP
from ..roles import Texts


def build_texts_and_prompts(
    clip: CLIP,
    texts: dict | None,
    text_encoder: dict | None,
    prompts: dict | None,
) -> tuple[nn.Module | None, nn.Module | None, nn.Module | None]:
    """Build the texts, their encoder and the prompts of both towers.

    Args:
        clip: The model's CLIP.
        texts: Config of the texts; without it there is no encoder.
        text_encoder: Config of the text tower; CLIP's if not given.
        prompts: Config of a :class:`PromptLearner`, if there are prompts.
    """
    encoder = None
    if texts is not None:
        texts = build_part(texts, Texts, tokenizer=clip.tokenizer)
        encoder = build_part(
            text_encoder or dict(type='CLIPTextTower'), text=clip.text
        )
    init_ids = [] if texts is None else texts.init_ids
    learner = build_part(
        prompts,
        widths=clip.widths,
        depths=clip.depths,
        num_slots=len(init_ids),
        init_vectors=clip.embed_words(init_ids),
    )
    return texts, encoder, learner
