"""Part 3: checkpoints, damaged and malicious."""

import random
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from mmengine.runner import CheckpointLoader
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from vlprompt.errors import UserError
from vlprompt.models.clip.files import read_clip_file

from .damage import DAMAGES
from .malicious_files import write_malicious
from .outcomes import Case, Finding, Outcome, Part, refused, trace

Weights = dict[str, Tensor]
MALICIOUS = 'malicious'
LETTER = 'read to the letter'


class DamagedCheckpoints(Part):
    """Every way in which weights come in."""

    name = 'checkpoints'
    title = 'Checkpoints'
    about = (
        'Small checkpoints as zip archives and legacy pickles of PyTorch, '
        'safetensors and TorchScript archives (the format of OpenAI), '
        'damaged, and files that make a directory or a file if anything in '
        'them is run: calls in pickles by `os`, `subprocess`, `builtins`, '
        'chains of `getattr`, pickles in pickles, names with dots, and '
        'TorchScript that writes when it is loaded. They are read as a '
        'CHECKPOINT of the commands and as `pretrained` of a CLIP. '
        '**Right**: the weights are those that were saved. Safetensors and '
        'legacy pickles have no checksums: there the weights that the damaged '
        'file spells are right as well.'
    )
    remarks = {
        LETTER: (
            'of the damaged files were read to the letter, as their format '
            'has no checksums.'
        )
    }
    kinds = {
        **{
            f'{form}, {damage}': dict(tiny=2, reduced=25, full=100)
            for form in ('zip', 'legacy', 'safetensors', 'TorchScript')
            for damage in DAMAGES
        },
        MALICIOUS: dict(tiny=8, reduced=150, full=600),
    }

    def attempt(
        self, case: Case, rng: random.Random, shared: Path, folder: Path
    ) -> Finding:
        """Write a checkpoint and read it."""
        weights = draw_weights(rng)
        if case.kind == MALICIOUS:
            canary = folder / 'canary'
            file, what = write_malicious(rng, folder, canary, weights)
            finding = read(rng, file, weights, None)
            if canary.exists():
                finding = Finding(Outcome.EXECUTED, finding.detail)
            return finding._replace(detail=f'{what}, {finding.detail}')
        form, damage = case.kind.split(', ')
        file = folder / f'checkpoint{SUFFIXES[form]}'
        WRITERS[form](weights, file)
        file.write_bytes(DAMAGES[damage](file.read_bytes(), rng))
        return read(rng, file, weights, SPELLERS.get(form))


def draw_weights(rng: random.Random) -> Weights:
    """Of the first and last parts of a CLIP, with other numbers each time."""
    generator = torch.Generator().manual_seed(rng.randrange(2**31))
    shapes = {
        'visual.conv1.weight': (8, 3, 4, 4),
        'visual.class_embedding': (8,),
        'visual.proj': (8, 6),
        'token_embedding.weight': (40, 8),
        'logit_scale': (),
    }
    return {
        name: torch.randn(shape, generator=generator)
        for name, shape in shapes.items()
    }


def _write_script(weights: Weights, file: Path) -> None:
    module = nn.Module()
    for name, tensor in weights.items():
        *path, last = name.split('.')
        owner = module
        for part in path:
            if not hasattr(owner, part):
                owner.add_module(part, nn.Module())
            owner = getattr(owner, part)
        owner.register_parameter(last, nn.Parameter(tensor))
    with warnings.catch_warnings():
        warnings.simplefilter('ignore')  # torch.jit is deprecated
        torch.jit.script(module).save(str(file))


def _write_legacy(weights: Weights, file: Path) -> None:
    torch.save(
        dict(state_dict=weights), file, _use_new_zipfile_serialization=False
    )


def _write_zip(weights: Weights, file: Path) -> None:
    torch.save(dict(state_dict=weights, meta=dict(seed=3)), file)


WRITERS: dict[str, Callable[[Weights, Path], None]] = {
    'zip': _write_zip,
    'legacy': _write_legacy,
    'safetensors': save_file,
    'TorchScript': _write_script,
}
SUFFIXES = {
    'zip': '.pth',
    'legacy': '.pth',
    'safetensors': '.safetensors',
    'TorchScript': '.pt',
}


def _spell_legacy(file: Path) -> Weights:
    content = torch.load(file, map_location='cpu', weights_only=True)
    return content['state_dict']


# Formats without checksums, read apart from the library
SPELLERS: dict[str, Callable[[Path], Weights]] = {
    'legacy': _spell_legacy,
    'safetensors': load_file,
}


def _as_checkpoint(file: Path) -> Any:
    content = CheckpointLoader.load_checkpoint(
        str(file), map_location='cpu', logger='silent'
    )
    return content.get('state_dict', content)


def _as_pretrained(file: Path) -> Any:
    return read_clip_file(file).state_dict


def read(
    rng: random.Random,
    file: Path,
    weights: Weights,
    spell: Callable[[Path], Weights] | None,
) -> Finding:
    """Read a checkpoint in one of the ways and compare.

    Args:
        rng: Chooses the way.
        file: The checkpoint.
        weights: What was saved.
        spell: Reads what the damaged file says, if that is right as well.
    """
    way = rng.choice([_as_checkpoint, _as_pretrained])
    what = way.__name__.replace('_', ' ').strip()
    try:
        found = way(file)
    except UserError as error:
        finding = refused(str(error))
    except Exception as error:
        finding = trace(error)
    else:
        finding = _judge(found, weights, file, spell)
    return finding._replace(detail=f'{what}: {finding.detail}')


def _judge(
    found: Any,
    weights: Weights,
    file: Path,
    spell: Callable[[Path], Weights] | None,
) -> Finding:
    if _equal(found, weights):
        return Finding(Outcome.RIGHT)
    if spell is not None and _equal(found, spell(file)):
        return Finding(Outcome.RIGHT, LETTER)
    names = list(found) if isinstance(found, dict) else type(found)
    return Finding(Outcome.WRONG, f'other weights were read: {names}')


def _equal(found: Any, weights: Weights) -> bool:
    return (
        isinstance(found, dict)
        and found.keys() == weights.keys()
        and all(_same(found[name], weights[name]) for name in weights)
    )


def _same(found: Any, tensor: Tensor) -> bool:
    return (
        torch.is_tensor(found)
        and found.shape == tensor.shape
        and torch.equal(_bits(found), _bits(tensor))
    )


def _bits(tensor: Tensor) -> Tensor:
    """Not a number is equal to itself as bits alone."""
    return tensor.detach().contiguous().reshape(-1).view(torch.uint8)
