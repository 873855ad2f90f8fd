"""What an averaged checkpoint is made of, as it says itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

KEY = 'recipe'  # in the meta of a checkpoint


@dataclass(frozen=True)
class Source:
    """One of the states that were averaged.

    Attributes:
        name: A file, or ``'epoch 2'``.
        weight: Its share of the mean; those of all sources add up to 1.
        sha256: Of the file; None of an epoch of a training.
        recipe: That of the file, if it was averaged itself.
    """

    name: str
    weight: float
    sha256: str | None = None
    recipe: dict[str, Any] | None = None


@dataclass(frozen=True)
class Recipe:
    """How weights were averaged.

    Attributes:
        scheme: What their weights follow: ``'mean'``, ``'weighted mean'``,
            ``'gaussian(15, 1)'``, or ``'single'`` of one source.
        sources: What was averaged.
        clip_weight: The weight of pretrained CLIP, from 0 to 1, in the mix
            with the mean of the sources.
        clip: What it was mixed with: ``arch``, ``pretrained`` and the
            ``fingerprint`` of the tensors; None if there was no mix.
        chosen: How the weight of CLIP was chosen, if it was: the list, the
            metric and the curve.
    """

    scheme: str
    sources: Sequence[Source]
    clip_weight: float = 0.0
    clip: dict[str, Any] | None = None
    chosen: dict[str, Any] | None = None

    def to_meta(self) -> dict[str, Any]:
        """Plain values, which any checkpoint can hold."""
        content = asdict(self)
        content['sources'] = list(content['sources'])
        return content


def recipe_of(meta: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The recipe in the meta of a checkpoint; None if it has none."""
    recipe = (meta or {}).get(KEY)
    known = isinstance(recipe, Mapping) and {'scheme', 'sources'} <= {*recipe}
    return dict(recipe) if known else None


def recipe_line(recipe: Mapping[str, Any]) -> str:
    """A recipe in a line.

    Example:
        >>> source = Source('a.pth', 1.0)
        >>> recipe = Recipe('single', [source], 0.3, dict(pretrained='openai'))
        >>> recipe_line(recipe.to_meta())
        '0.3 pretrained CLIP (openai) + 0.7 a.pth'
    """
    mean = _mean(recipe)
    if not recipe.get('clip'):
        return mean
    weight = recipe['clip_weight']
    name = recipe['clip'].get('pretrained')
    front = f'{weight:g} pretrained CLIP ({name}) + {1 - weight:g} '
    on = recipe.get('chosen')
    end = f', chosen by {on["metric"]} on {on["list"]}' if on else ''
    if on and on['on_test_list']:
        end += ' (TEST VIDEOS)'
    return f'{front}{mean}{end}'


def _mean(recipe: Mapping[str, Any]) -> str:
    names = [source['name'] for source in recipe['sources']]
    if len(names) == 1:
        return names[0]
    if len(names) > 3:
        names = [names[0], '...', names[-1]]
    count = len(recipe['sources'])
    return f'{recipe["scheme"]} of {count} ({", ".join(names)})'
