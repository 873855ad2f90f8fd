"""What `vlprompt interpolate` mixes: pretrained CLIP and checkpoints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn

from vlprompt.apis.checkpoints import Checkpoint, read_checkpoint
from vlprompt.apis.inference import load_learned
from vlprompt.errors import UserError
from vlprompt.file_digest import sha256_of
from vlprompt.weights import split_place

from .clip_end import clip_end, clip_facts
from .mean import WeightedMean, mix
from .recipe import Recipe, Source


class Ends(NamedTuple):
    """The two ends of a line of weights.

    Attributes:
        clip: The weights of pretrained CLIP that the model learns.
        learned: The mean of the checkpoints: all that the model learns.
        scheme: What their weights follow, see :class:`Recipe`.
        sources: The checkpoints.
        facts: What is known of the CLIP.
        meta: Of the last checkpoint.
    """

    clip: dict[str, Tensor]
    learned: dict[str, Tensor]
    scheme: str
    sources: list[Source]
    facts: dict[str, Any]
    meta: Mapping[str, Any]

    def mixed(self, weight: float) -> dict[str, Tensor]:
        """The state in which pretrained CLIP has a weight from 0 to 1."""
        return mix([(weight, self.clip), (1 - weight, self.learned)])

    def recipe(self, weight: float, chosen: dict | None = None) -> Recipe:
        """What that state is made of.

        Args:
            weight: Of pretrained CLIP.
            chosen: How the weight was chosen, if by a curve.
        """
        facts = self.facts if self.clip and (weight or chosen) else None
        share = weight if facts else 0.0
        return Recipe(self.scheme, self.sources, share, facts, chosen)

    def counts(self) -> str:
        """How many tensors are mixed, in words."""
        kept = sum(t.is_floating_point() for t in self.learned.values())
        kept -= len(self.clip)
        return (
            f"{len(self.clip)} tensors are CLIP's, {kept} are kept as "
            'fine-tuned'
        )


def read_ends(
    model: nn.Module,
    clip: Mapping[str, Any],
    paths: Sequence[str],
    weights: Sequence[float] | None = None,
) -> Ends:
    """Read checkpoints of a model, and average them.

    Args:
        model: As it is made from its config; it holds the last checkpoint
            afterwards.
        clip: ``model.clip`` of the config.
        paths: The checkpoints.
        weights: Of the checkpoints; equal ones if not given.

    Raises:
        UserError: If a checkpoint cannot be read or is of another model or
            another CLIP, or weights make no sense.
    """
    end = clip_end(model)
    shares = _shares(len(paths), weights)
    mean, sources = WeightedMean(), []
    for path, share in zip(paths, shares, strict=True):
        last = _load(model, path)
        mean.add(model.state_dict(), share)
        digest = sha256_of(split_place(path)[0])
        sources.append(Source(_name(path), share, digest, last.recipe))
    scheme = 'weighted mean' if weights else 'mean'
    return Ends(
        end,
        mean.result(),
        scheme if len(paths) > 1 else 'single',
        sources,
        clip_facts(clip, end),
        last.meta,
    )


def _shares(number: int, weights: Sequence[float] | None) -> list[float]:
    if weights is None:
        return [1 / number] * number
    if len(weights) != number:
        raise UserError(f'{len(weights)} weights for {number} checkpoints')
    total = sum(weights)
    if min(weights) < 0 or not 0 < total < float('inf'):
        raise UserError(
            f'weights {", ".join(map(str, weights))}: expected numbers of 0 '
            'or more, not all 0'
        )
    return [weight / total for weight in weights]


def _name(path: str) -> str:
    """A checkpoint and the folder of its run, without where that is."""
    return '/'.join(Path(path).parts[-2:]).lstrip('/')


def _load(model: nn.Module, path: str) -> Checkpoint:
    found = read_checkpoint(path)
    try:
        load_learned(model, path)
    except UserError as error:
        if path in str(error):
            raise
        raise UserError(f'{path}: {error}') from error
    return found
