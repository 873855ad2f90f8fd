"""A small CLIP that learns still pictures of the toy world.

In two stages, because a CLIP whose two towers learn from nothing would need
far more than a minute. First the image tower learns to tell facts apart: its
feature is contrasted with one free vector for each alternative of each fact.
Then the image tower is locked and the text tower is contrasted with it (LiT,
Zhai et al., CVPR 2022) on full captions. A caption is a positive of *every*
picture of the batch that it is true of.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import numpy as np
import torch
import torch.nn.functional as F
from timm.layers import build_sincos2d_pos_embed
from torch import Tensor, nn
from torch.nn.attention import SDPBackend, sdpa_kernel

from .captions import ALTERNATIVES, caption, choose_facts, codes_of
from .progress import Stage
from .schedule import Schedule
from .stills import Stills

# No caption is longer, with its first and last token.
CAPTION_TOKENS = 22


def quick_attention() -> AbstractContextManager:
    """The attention that is quickest on CPUs for short sequences."""
    return sdpa_kernel(SDPBackend.MATH)


def initial_words(shape: tuple[int, int], seed: int) -> Tensor:
    """(words, width) embeddings before training, equal on every machine.

    As large as those of a trained CLIP, those that no caption uses as well.
    NumPy keeps the numbers of its old generator, and uniform ones pass
    through no function whose last bit depends on the machine.
    """
    bound = 0.5 * 3**0.5  # a standard deviation of 0.5
    drawn = np.random.RandomState(seed).uniform(-bound, bound, shape)
    return torch.from_numpy(drawn.astype(np.float32))


def initialise(clip: nn.Module, seed: int) -> None:
    """Start where little data is enough.

    Patches know their place from the beginning.
    """
    tower = clip.visual
    side = round((len(tower.positional_embedding) - 1) ** 0.5)
    with torch.no_grad():
        tower.positional_embedding[1:] = build_sincos2d_pos_embed(
            [side, side], dim=tower.positional_embedding.shape[1],
            temperature=30.0,
        )  # fmt: skip
        words = clip.text.token_embedding.weight
        words.copy_(initial_words(words.shape, seed))
        clip.text.positional_embedding.normal_(0, 0.1)


def _optimize(
    parameters: list[nn.Parameter],
    lr: float,
    steps: int,
    step_loss: Callable[[], Tensor],
    stage: Stage,
) -> None:
    """AdamW under a cosine with a short warm-up."""
    groups = [
        dict(params=[p for p in parameters if p.ndim >= 2]),
        dict(params=[p for p in parameters if p.ndim < 2], weight_decay=0.0),
    ]
    optimizer = torch.optim.AdamW(
        groups, lr=lr, betas=(0.9, 0.98), weight_decay=0.01, fused=True
    )
    stage.expect(steps)
    for step in range(steps):
        warmup = min(1, (step + 1) / (0.08 * steps))
        cosine = 0.5 * (1 + np.cos(np.pi * step / steps))
        for group in optimizer.param_groups:
            group['lr'] = lr * warmup * cosine
        loss = step_loss()
        optimizer.zero_grad()
        with quick_attention():
            loss.backward()
        optimizer.step()
        stage.advance()


def learn_images(
    clip: nn.Module, stills: Stills, plan: Schedule, stage: Stage
) -> None:
    """The image tower, on free vectors of the facts."""
    embed = clip.text.text_projection.shape[1]
    tables = nn.ParameterList(
        F.normalize(torch.randn(len(words), embed), dim=-1)
        for words in ALTERNATIVES
    )
    rng = np.random.default_rng((plan.seed, 1))

    def step_loss() -> Tensor:
        index = torch.from_numpy(
            rng.integers(0, len(stills.facts), plan.image_batch)
        )
        with quick_attention():
            features = clip.visual(stills.images(index))
        features = F.normalize(features, dim=-1)
        targets = stills.codes[index] - 1
        return sum(
            F.cross_entropy(
                20 * features @ table.T, targets[:, fact], ignore_index=-1
            )
            for fact, table in enumerate(tables)
        )

    parameters = [*clip.visual.parameters(), *tables]
    _optimize(parameters, plan.image_lr, plan.image_steps, step_loss, stage)


@torch.no_grad()
def image_features(clip: nn.Module, stills: Stills) -> Tensor:
    """(N, E) normalised features of all pictures."""
    parts = []
    for start in range(0, len(stills.facts), 500):
        with quick_attention():
            part = clip.visual(stills.images(slice(start, start + 500)))
        parts.append(F.normalize(part, dim=-1))
    return torch.cat(parts)


@contextmanager
def short_context(clip: nn.Module, length: int) -> Iterator[None]:
    """Let the text tower run on ``length`` tokens instead of 77."""
    whole = clip.text.attn_mask
    clip.text.attn_mask = whole[:length, :length]
    yield
    clip.text.attn_mask = whole


def learn_texts(
    clip: nn.Module,
    stills: Stills,
    tokenizer: Callable,
    plan: Schedule,
    stage: Stage,
) -> None:
    """The text tower and the scale, the image tower locked."""
    features = image_features(clip, stills)
    rng = np.random.default_rng((plan.seed, 2))

    def step_loss() -> Tensor:
        index = rng.integers(0, len(stills.facts), plan.text_batch)
        said = [choose_facts(rng, stills.facts[i]) for i in index]
        ids = tokenizer([caption(rng, facts) for facts in said])
        if ids.argmax(dim=1).max() >= CAPTION_TOKENS:
            raise ValueError(f'a caption of over {CAPTION_TOKENS} tokens')
        with quick_attention():
            texts = clip.encode_text(ids[:, :CAPTION_TOKENS])
        texts = F.normalize(texts, dim=-1)
        logits = clip.logit_scale.exp() * features[index] @ texts.T
        # (B pictures, B captions): unsaid facts are true of every picture.
        codes = torch.from_numpy(codes_of(said))
        true = stills.codes[index][:, None] == codes[None]
        match = (true | (codes[None] == 0)).all(dim=-1).float()
        return _soft_cross_entropy(logits, match) + _soft_cross_entropy(
            logits.T, match.T
        )

    parameters = [*clip.text.parameters(), clip.logit_scale]
    with short_context(clip, CAPTION_TOKENS):
        _optimize(parameters, plan.text_lr, plan.text_steps, step_loss, stage)


def _soft_cross_entropy(logits: Tensor, match: Tensor) -> Tensor:
    return F.cross_entropy(logits, match / match.sum(dim=1, keepdim=True))
