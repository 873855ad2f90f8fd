"""Models to ordinary open_clip files."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from mmengine.config import Config
from mmengine.dataset import Compose

from vlprompt.clips.steps import TestSteps
from vlprompt.exporting.facts import file_facts, merged_facts
from vlprompt.exporting.merged_clip import MergedClip, merge_clip
from vlprompt.exporting.merged_file import (
    SUFFIXES,
    TowerParity,
    compare_towers,
    open_with_open_clip,
    write_clip,
)
from vlprompt.exporting.parity import read_clips
from vlprompt.hub.json_files import write_json
from vlprompt.whole_files import whole_file

from .exportable import (
    check_place,
    find_exportable,
    has_captions,
    load_exportable,
)
from .inference import scope_of


class Merged(NamedTuple):
    """What has been written.

    Attributes:
        file: The CLIP.
        facts: The JSON file beside it.
        clip: What the CLIP is made of.
        parity: How it compares with the model.
        arch: open_clip's name of the architecture, or a dict.
    """

    file: Path
    facts: Path
    clip: MergedClip
    parity: TowerParity
    arch: Any


def merge(
    model: Config | str | Path | None = None,
    checkpoint: str | None = None,
    *,
    target: str | Path,
    classes: str | Path | Sequence[str] | None = None,
    clips: Any = None,
    on_step: Callable[[str], None] | None = None,
    **options: Any,
) -> Merged:
    """Write a model as one CLIP that open_clip loads, and check it.

    What was learned is folded into the weights of CLIP: LoRA, linear adapters,
    weights of CLIP itself.  open_clip reads the file again and has to give
    the embeddings of the model, of frames and of texts, to 1e-6; a file that
    differs is not kept.

    Args:
        model: See :func:`find_model`.
        checkpoint: What it has learned; what it comes with if not given.
        target: A ``.safetensors`` or ``.pt`` file to write.
        classes: Whose texts are compared, see :func:`find_classes`; some
            sentences if not given.
        clips: What to check with, see :func:`find_sources`; eight rendered
            clips of the toy world if not given.
        on_step: Is told what is being done.
        options: ``clip``, ``template`` and ``frames`` of
            :class:`VideoClassifier`.

    Raises:
        UserError: If the file cannot be written, or the model is more than a
            CLIP; the line names what cannot be merged.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> done = merge('clip_toy', target='a.pt', classes='toy')
        >>> done.parity.texts < 1e-6
        True
    """
    say = on_step or (lambda step: None)
    path = check_place('merge', target, SUFFIXES)
    say('loading the model')
    found = find_exportable(model)
    wanted = None if has_captions(found.config) else classes
    owner, learned = load_exportable(found, checkpoint, wanted, options)
    merged = merge_clip(owner.model)
    if owner.config.model.clip.get('finetuned'):
        merged = merged._replace(
            folded=(*merged.folded, 'a first stage (clip.finetuned)')
        )
    arch = owner.config.model.clip.arch
    arch = arch if isinstance(arch, str) else arch.to_dict()
    say('reading clips')
    with scope_of(owner.config):
        steps = TestSteps(Compose(owner.single))
    read = read_clips(owner.model, steps, clips)
    say(f'writing {path}')
    with whole_file(path) as part, _under_a_suffix(part, path.suffix) as file:
        write_clip(merged.tensors, file, arch)
        say(f'checking {path}')
        clip = open_with_open_clip(file, arch)
        parity = compare_towers(owner.model.eval(), clip, read)
    beside = path.with_suffix('.json')
    facts = merged_facts(owner, merged, read, learned)
    entry = file_facts(path, parity._asdict())
    write_json(beside, dict(facts, files=dict(merge=entry)))
    return Merged(path, beside, merged, parity, arch)


@contextmanager
def _under_a_suffix(path: Path, suffix: str) -> Iterator[Path]:
    """A name by which open_clip knows what kind of file it is."""
    named = path.with_name(path.name + suffix)
    try:
        yield named
        named.replace(path)
    finally:
        named.unlink(missing_ok=True)
