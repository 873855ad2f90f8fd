"""Checkpoints that hold what was learned, not the CLIP it was learned on."""

import fnmatch
import hashlib
import math
import re
from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.weights.names import FINGERPRINT

# Parameters that have a row for each frame.
TIMES = re.compile(
    r'pooler\.positions|cls_head\.positions|embeddings\.\d+\.vectors|'
    r'local_prompts'
)


class FilePositions(NamedTuple):
    """The position embeddings of images of another size.

    Attributes:
        name: Of the parameter.
        grid: Patches in the height and in the width of this model's images.
        resize: Makes (1 + patches, D) those of a grid, or refuses it.
        original: Those of the CLIP before they were resized, if they were.
    """

    name: str
    grid: tuple[int, ...]
    resize: Callable[[Tensor, tuple[int, ...]], Tensor] | None
    original: Tensor | None = None

    def fit(self, given: dict[str, Tensor]) -> dict[str, Tensor]:
        """Weights of a checkpoint with positions of this grid."""
        positions = given[self.name]
        if len(positions) == 1 + math.prod(self.grid):
            return given
        return {**given, self.name: self.resize(positions, self.grid)}


def set_trainable(model: nn.Module, patterns: Sequence[str]) -> None:
    """Freeze all parameters but those whose names match a pattern.

    Raises:
        UserError: If a pattern matches no parameter.
    """
    model.requires_grad_(False)
    named = dict(model.named_parameters())
    for pattern in patterns:
        names = fnmatch.filter(named, pattern)
        if not names:
            raise UserError(f'trainable={pattern!r} matches no parameter')
        for name in names:
            named[name].requires_grad_()


def drop_frozen_from_state_dict(
    model: nn.Module,
    is_clip: Callable[[str], bool],
    not_loaded: Sequence[str] = (),
    positions: FilePositions | None = None,
) -> None:
    """Leave frozen CLIP weights out of the state dict of a model.

    In their place the state dict has a fingerprint of them.  Loading wants
    the same fingerprint, and all other keys, shapes included: nothing is
    loaded in part.  A state dict that holds the frozen weights as well must
    agree with the fingerprint in the same way.

    Args:
        model: The model; its state dict gets a key ``clip_fingerprint``.
        is_clip: Whether the parameter of a name is one of CLIP's.
        not_loaded: Patterns of the keys that a state dict may have besides.
        positions: What is known of the position embeddings of images.
    """
    frozen = {
        name: p
        for name, p in model.named_parameters()
        if is_clip(name) and not p.requires_grad
    }
    # A scalar is the logit scale, which a temperature may have replaced.
    towers = {name: p for name, p in frozen.items() if p.dim()}
    # Not a buffer: MMEngine averages these over processes.
    model._clip_fingerprint = fingerprint(towers)
    model._positions = positions = positions or FilePositions('', (), None)
    model._other_fingerprint = None
    if positions.original is not None and positions.name in towers:
        towers[positions.name] = positions.original
        model._other_fingerprint = fingerprint(towers)
    model._frozen_clip = frozenset(frozen)
    model._not_loaded = tuple(not_loaded)
    model.register_state_dict_post_hook(_drop_frozen)
    model.register_load_state_dict_pre_hook(_check_and_complete)


def fingerprint(weights: dict[str, Tensor]) -> Tensor:
    """Named tensors to (16,) bytes that tell them from any others."""
    digest = hashlib.blake2b(digest_size=16)
    for name in sorted(weights):
        tensor = weights[name].detach()
        digest.update(f'{name}{tuple(tensor.shape)}{tensor.dtype}'.encode())
        if not tensor.is_meta:  # which has a shape, but no values
            values = tensor.cpu().contiguous().flatten()
            digest.update(values.view(torch.uint8).numpy())
    return torch.tensor(list(digest.digest()), dtype=torch.uint8, device='cpu')


def _drop_frozen(
    module: nn.Module, state_dict: dict, prefix: str, _metadata: dict
) -> None:
    for name in module._frozen_clip:
        state_dict.pop(prefix + name, None)
    state_dict[prefix + FINGERPRINT] = module._clip_fingerprint


def _check_and_complete(
    module: nn.Module, state_dict: dict, prefix: str, *_args
) -> None:
    """Check a state dict before any of it is loaded; add what is frozen."""
    _drop_not_loaded(module, state_dict, prefix)
    given = {
        name.removeprefix(prefix): tensor
        for name, tensor in state_dict.items()
        if name.startswith(prefix)
    }
    _take_sizes(module, given)
    learned = module.state_dict()
    frozen = {
        name: p.detach()
        for name, p in module.named_parameters()
        if name in module._frozen_clip
    }
    if module._positions.name in given:
        given = module._positions.fit(given)
        state_dict.update({prefix + name: t for name, t in given.items()})
    _check_keys(learned, frozen, given)
    if not _equal(module._other_fingerprint, given[FINGERPRINT]):
        _check_fingerprint(learned[FINGERPRINT], given[FINGERPRINT])
    state_dict.update({prefix + name: p for name, p in frozen.items()})
    del state_dict[prefix + FINGERPRINT]


def _take_sizes(module: nn.Module, given: dict[str, Tensor]) -> None:
    """Let parts take the sizes that follow what was learned, not a config."""
    for place, part in module.named_modules():
        if hasattr(part, 'take_sizes'):
            own = f'{place}.' if place else ''
            names = [name for name in given if name.startswith(own)]
            part.take_sizes({n.removeprefix(own): given[n] for n in names})


def _drop_not_loaded(module: nn.Module, state_dict: dict, prefix: str) -> None:
    for pattern in module._not_loaded:
        for name in fnmatch.filter(list(state_dict), prefix + pattern):
            del state_dict[name]


def _check_keys(
    learned: dict[str, Tensor],
    frozen: dict[str, Tensor],
    given: dict[str, Tensor],
) -> None:
    expected = {**learned, **frozen}
    missing = [name for name in learned if name not in given]
    unknown = [name for name in given if name not in expected]
    if FINGERPRINT in missing:
        raise UserError(
            f'the checkpoint has no {FINGERPRINT}, this library did not write '
            f'it: `vlprompt convert` reads those of others ({_some(unknown)})'
        )
    if missing or unknown:
        raise UserError(
            'the checkpoint does not match the model: missing '
            f'{_some(missing)}, unexpected {_some(unknown)}'
        )
    for name, tensor in given.items():
        if tensor.shape != expected[name].shape:
            raise UserError(_misshapen(name, tensor, expected[name]))


def _misshapen(name: str, given: Tensor, expected: Tensor) -> str:
    """Both shapes, and what is likely to be the cause."""
    there, here = tuple(given.shape), tuple(expected.shape)
    line = (
        f'the checkpoint has another layout: {name} is {there}, this model '
        f'has {here}'
    )
    rows = given.dim() and there[1:] == here[1:]
    if rows and TIMES.search(name):
        return (
            f'{line}: it was trained with {there[0]} frames, this model is '
            f'built for {here[0]}'
        )
    if rows and name.startswith('cls_head.'):
        return f'{line}: it has learned {there[0]} classes, not {here[0]}'
    if there[-1:] != here[-1:]:
        return f'{line}: check clip.arch, of another width'
    return f'{line}: check the config it was trained with'


def _some(names: list[str]) -> str:
    if not names:
        return 'nothing'
    more = f' and {len(names) - 3} more' if len(names) > 3 else ''
    return ', '.join(names[:3]) + more


def _check_fingerprint(expected: Tensor, given: Tensor) -> None:
    if not torch.equal(expected.cpu(), given.cpu()):
        raise UserError(
            'the checkpoint was trained on another CLIP: its frozen weights '
            f'have fingerprint {_hex(given)}, those of this model '
            f'{_hex(expected)}; check clip=dict(arch=..., pretrained=...)'
        )


def _equal(one: Tensor | None, other: Tensor) -> bool:
    return one is not None and torch.equal(one.cpu(), other.cpu())


def _hex(digest: Tensor) -> str:
    return bytes(digest.tolist()).hex()[:12]
