"""What the small CLIP knows of still pictures it has not seen."""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from vlprompt.finite import refuse_rows

from .captions import ALTERNATIVES, Facts
from .pretrain import image_features, quick_attention
from .shapes import COLORS, SHAPES
from .stills import Stills

TEMPLATES = Facts(
    place='a photo of a thing {}',
    color='a photo of a {} thing',
    shape='a photo of a {}',
    size='a photo of a {} thing',
    position='a photo of a thing {}',
    tilt='a photo of a thing {}',
)


def zero_shot(
    clip: nn.Module, stills: Stills, tokenizer: Callable
) -> dict[str, float]:
    """Accuracy (0 to 1) of each fact, and of colour and shape together."""
    features = image_features(clip, stills)
    scores = {}
    for fact, name in enumerate(Facts._fields):
        texts = [TEMPLATES[fact].format(w) for w in ALTERNATIVES[fact]]
        labels = stills.codes[:, fact] - 1
        scores[name] = _accuracy(clip, features, labels, tokenizer(texts))
    things = [(color, shape) for color in COLORS for shape in SHAPES]
    texts = [f'a photo of a {color} {shape}' for color, shape in things]
    labels = [
        things.index((facts.color, facts.shape)) if facts.color else -1
        for facts in stills.facts
    ]
    ids = tokenizer(texts)
    scores['object'] = _accuracy(clip, features, torch.tensor(labels), ids)
    return scores


@torch.no_grad()
def _accuracy(
    clip: nn.Module, features: Tensor, labels: Tensor, ids: Tensor
) -> float:
    """Of (N, E) pictures against texts; label -1 does not count."""
    with quick_attention():
        texts = F.normalize(clip.encode_text(ids), dim=-1)
    scores = features @ texts.T
    refuse_rows(scores)
    right = scores.argmax(dim=1) == labels
    return right[labels >= 0].float().mean().item()
