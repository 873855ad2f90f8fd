"""Scores of all captions with all videos, divided among the processes."""

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
import torch
from mmengine.dist import all_reduce, get_rank, get_world_size
from rich.progress import Progress
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from vlprompt.errors import UserError
from vlprompt.models.features import VideoTextFeatures

from .retrieval_rows import Row, distinct

# How many captions and videos are compared at once.
CAPTIONS, VIDEOS = 1024, 256
Compare = Callable[[VideoTextFeatures], Tensor]
CompareByOwn = Callable[[VideoTextFeatures, Tensor], Tensor]


def cosine(features: VideoTextFeatures) -> Tensor:
    """(M, E) texts and (B, E) videos to (M, B) cosines.

    Raises:
        UserError: If there are frames, which only a head can compare.
    """
    if features.video.dim() != 2:
        raise UserError(
            'this model compares captions with frames: add '
            "dict(type='HeadSimilarityHook') to custom_hooks"
        )
    unit = features.unit()
    return unit.text @ unit.video.mT


def score_pairs(rows: Sequence[Row], compare: Compare) -> np.ndarray:
    """(M, N) similarities of the captions and videos of a test set.

    Args:
        rows: Of N videos.
        compare: (M, E) texts and (B, ...) videos to (M, B) similarities.
    """
    videos = torch.arange(len(rows)), torch.arange(len(rows))
    if rows[0].mask is None:
        videos = distinct(torch.stack([row.video for row in rows]))
    return _in_blocks(rows, videos, lambda features, _: compare(features))


def score_by_own_captions(
    rows: Sequence[Row], compare: CompareByOwn
) -> np.ndarray:
    """The same where a video is told a caption of its own, the first.

    Args:
        rows: Of N videos.
        compare: Is given the (B, E) captions of the videos as well.
    """
    own = torch.stack([row.text[0] for row in rows])
    videos = torch.arange(len(rows)), torch.arange(len(rows))
    return _in_blocks(
        rows, videos, lambda features, place: compare(features, own[place])
    )


def dual_softmax(
    scores: np.ndarray, temperature: float
) -> tuple[np.ndarray, np.ndarray]:
    """(M, N) scores weighted by how much a query wants each result (DSL).

    ``scores * softmax(scores / temperature)`` over all queries: over the
    captions in text to video, over the videos in video to text.  It needs
    the queries of the whole test set at once.

    Returns:
        (M, N) scores for text to video, and for video to text.
    """
    found = torch.from_numpy(scores)
    by_text, by_video = (
        (found * (found / temperature).softmax(dim=dim)).numpy()
        for dim in (0, 1)
    )
    return by_text, by_video


@torch.no_grad()
def _in_blocks(
    rows: Sequence[Row],
    videos: tuple[Tensor, Tensor],
    compare: Callable[[VideoTextFeatures, Tensor], Tensor],
) -> np.ndarray:
    """(M, N) similarities; this process computes some blocks of them.

    Args:
        rows: Of N videos.
        videos: Which of them are compared, and which of these stands for
            each of the N.
        compare: Also gets the places of a block's videos.
    """
    text = torch.cat([row.text for row in rows])
    texts, same_text = distinct(text)
    words = _words_of(rows)
    scores = torch.zeros(len(texts), len(videos[0]))
    blocks = [
        *product(_cut(len(texts), CAPTIONS), _cut(len(videos[0]), VIDEOS))
    ]
    blocks = blocks[get_rank() :: get_world_size()]
    hidden = len(blocks) < 2 or get_rank() > 0
    with Progress(transient=True, disable=hidden) as progress:
        task = progress.add_task('Comparing captions', total=len(blocks))
        for i, j in blocks:
            chosen = videos[0][j]
            features = _features_of([rows[n] for n in chosen.tolist()])
            features = features._replace(
                text=text[texts[i]], **_tokens_of(words, texts[i])
            )
            scores[i, j] = compare(features, chosen).float().cpu()
            progress.advance(task)
    all_reduce(scores)  # of numbers that are zero in all but one process
    return scores[same_text][:, videos[1]].numpy()


def _features_of(rows: Sequence[Row]) -> VideoTextFeatures:
    mask = None
    if rows[0].mask is not None:
        mask = torch.stack([row.mask for row in rows])
    return VideoTextFeatures(
        torch.stack([row.video for row in rows]), None, mask=mask
    )


def _words_of(rows: Sequence[Row]) -> list[tuple[Tensor, Tensor]]:
    """(L, E) tokens of each caption and their (L,) mask, if there are any."""
    return [
        words
        for row in rows
        if row.tokens is not None
        for words in zip(row.tokens, row.token_mask, strict=True)
    ]


def _tokens_of(
    words: list[tuple[Tensor, Tensor]], texts: Tensor
) -> dict[str, Tensor]:
    """The tokens of some captions, as long as the longest of them."""
    if not words:
        return {}
    tokens, masks = zip(*(words[n] for n in texts.tolist()), strict=True)
    return dict(
        text_tokens=pad_sequence(list(tokens), batch_first=True),
        text_mask=pad_sequence(list(masks), batch_first=True),
    )


def _cut(total: int, step: int) -> list[slice]:
    return [slice(i, i + step) for i in range(0, total, step)]
