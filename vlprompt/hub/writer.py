"""Write the folder of a model."""

import copy
from pathlib import Path
from typing import NamedTuple

from mmengine.config import Config
from safetensors.torch import save_file
from torch import Tensor, nn

from vlprompt.apis.checkpoints import Checkpoint, read_checkpoint
from vlprompt.apis.inference import init_recognizer
from vlprompt.errors import UserError
from vlprompt.models.clip.arch import activation_of
from vlprompt.models.clip.files import read_clip_file
from vlprompt.models.clip.names import is_clip, to_openai
from vlprompt.weights import split_place
from vlprompt.whole_files import whole_file, write_text

from .card import make_card
from .facts import gather_facts
from .folder import CONFIG, FACTS, WEIGHTS, read_folder
from .json_files import write_json
from .plain_config import CLIP_FILE, check_plain, check_values, is_tag
from .plain_values import plain_config
from .weights import is_of_a_folder

CARD = 'README.md'
FILES = (CONFIG, WEIGHTS, CLIP_FILE, FACTS, CARD)


class Written(NamedTuple):
    """What was written.

    Attributes:
        folder: Where.
        files: Names and sizes in bytes.
        card: The text of the model card.
    """

    folder: Path
    files: dict[str, int]
    card: str


def write_folder(
    config: Config,
    checkpoint: str | None,
    folder: str | Path,
    name: str = '',
    license_id: str | None = None,
    metrics: str | Path | None = None,
) -> Written:
    """Write a model for others.

    Args:
        config: Of the run.
        checkpoint: What was learned; None for a model that learns nothing.
        folder: Where to write to; it may exist, but hold nothing else.
        name: Of the model in its card; the folder's if not given.
        license_id: As the Hub writes it, ``'mit'``.
        metrics: The ``metrics.json`` of a test of this checkpoint.

    Raises:
        UserError: If the model needs code, or its parts do not fit.
    """
    folder = Path(folder)
    _check_target(folder)
    plain = plain_config(config)
    check_values(plain, 'the config')
    trained = _read(checkpoint)
    config = copy.deepcopy(config)
    config.model.pop('frozen_dtype', None)  # others choose theirs
    model = init_recognizer(config, checkpoint, 'cpu')
    clip = _clip_of(model, plain['model']['clip'])
    arch = plain['model']['clip']['arch']
    check_plain(plain, 'the config')
    facts = gather_facts(
        config, plain, model, trained, metrics and Path(metrics)
    )
    card = make_card(facts, name or folder.name, license_id)
    folder.mkdir(parents=True, exist_ok=True)
    for old in (FACTS, CLIP_FILE):
        (folder / old).unlink(missing_ok=True)
    _save(model.state_dict(), folder / WEIGHTS, {'format': 'pt'})
    if clip is not None:
        activation = {'activation': activation_of(arch)}
        _save(clip, folder / CLIP_FILE, activation)
    write_json(folder / CONFIG, plain)
    write_text(folder / CARD, card)
    write_json(folder / FACTS, facts)  # without which it is no model
    read_folder(folder)  # which refuses what others could not read
    files = {
        n: (folder / n).stat().st_size for n in FILES if (folder / n).is_file()
    }
    return Written(folder, files, card)


def _save(tensors: dict[str, Tensor], path: Path, about: dict) -> None:
    own = {name: t.contiguous().clone() for name, t in tensors.items()}
    with whole_file(path) as part:
        save_file(own, part, about)


def _read(checkpoint: str | None) -> Checkpoint | None:
    if checkpoint in (None, 'none') or is_of_a_folder(checkpoint):
        return None
    return read_checkpoint(checkpoint)


def _check_target(folder: Path) -> None:
    if folder.is_file():
        raise UserError(f'{folder} is a file, a folder expected')
    others = [f.name for f in folder.glob('*') if f.name not in FILES]
    if others:
        raise UserError(
            f'{folder} holds {others[0]}, which is no part of a model: give '
            'a folder of its own'
        )


def _clip_of(model: nn.Module, clip: dict) -> dict[str, Tensor] | None:
    """The CLIP that has to go with a model; ``clip`` then names it.

    A tag of open_clip's stays a tag.  Of a model that has learned all of its
    CLIP nothing more is needed than what it has learned.
    """
    finetuned = clip.pop('finetuned', None)
    source = clip.get('pretrained')
    if not model._frozen_clip:
        clip['pretrained'] = None
        return None
    if finetuned is None and is_tag(clip['arch'], source):
        return None
    if source is None:
        raise UserError(
            'clip.pretrained=None: the frozen CLIP has random weights'
        )
    stored = {}
    if Path(split_place(source)[0]).expanduser().is_file():
        stored = read_clip_file(source).state_dict
    for name, parameter in model.named_parameters():
        if is_clip(name):
            given = stored.get(to_openai(name))
            own, learned = parameter.detach(), parameter.requires_grad
            if given is None or not (learned or given.float().equal(own)):
                stored[to_openai(name)] = own
    clip['pretrained'] = CLIP_FILE
    return stored
