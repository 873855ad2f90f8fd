"""Models to files that run without this library."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import torch
from mmengine.config import Config
from mmengine.dataset import Compose
from torch import Tensor, nn

from vlprompt.clips.encoding import check_embeds
from vlprompt.clips.steps import TestSteps
from vlprompt.errors import UserError
from vlprompt.exporting.facts import facts_of, file_facts
from vlprompt.exporting.formats import FORMATS, trace
from vlprompt.exporting.parity import (
    Clips,
    Parity,
    compare_embeddings,
    compare_logits,
    read_clips,
)
from vlprompt.exporting.programs import Classifier, Embedder, Program
from vlprompt.hub.json_files import write_json
from vlprompt.models.layers.temporal import unit_video
from vlprompt.whole_files import whole_file

from .exportable import (
    check_place,
    find_exportable,
    has_captions,
    load_exportable,
)
from .inference import scope_of
from .video_classifier import VideoClassifier

OUTPUTS = ('logits', 'embedding')


class Exported(NamedTuple):
    """What has been written.

    Attributes:
        files: By format, ``'onnx'`` or ``'torch'``.
        facts: The JSON files beside them.
        parity: How each file compares with the model, by format.
        classes: Their names; None for embeddings.
        frames: (T, 3, H, W) of a clip.
    """

    files: dict[str, Path]
    facts: tuple[Path, ...]
    parity: dict[str, Parity]
    classes: tuple[str, ...] | None
    frames: tuple[int, ...]


def export(
    model: Config | str | Path | None = None,
    checkpoint: str | None = None,
    *,
    onnx: str | Path | None = None,
    torch: str | Path | None = None,
    output: str = 'logits',
    classes: str | Path | Sequence[str] | None = None,
    clips: Any = None,
    opset: int | None = None,
    on_step: Callable[[str], None] | None = None,
    **options: Any,
) -> Exported:
    """Write a model to files for ONNX or ``torch.export``, and check them.

    They take (B, T, 3, H, W) normalised frames of one view, any B, in fp32.
    Texts, prompts and templates are constants in them.  Each file is read
    again and compared with the model on clips in batches of 1, 2 and 5; one
    that differs is not kept.  A JSON file beside it says how clips are
    prepared, and how it compares.

    Args:
        model: See :func:`find_model`.
        checkpoint: What it has learned; what it comes with if not given.
        onnx: An ``.onnx`` file to write; needs the extra ``export``.
        torch: A ``.pt2`` file to write.
        output: ``'logits'`` of the classes, or the ``'embedding'``.
        classes: See :func:`find_classes`; those of the config's test data if
            not given.
        clips: What to check with, see :func:`find_sources`; eight rendered
            clips of the toy world if not given.
        opset: Of ONNX; the exporter's own if not given.
        on_step: Is told what is being done.
        options: ``clip``, ``template`` and ``frames`` of
            :class:`VideoClassifier`.

    Raises:
        UserError: If a file cannot be written, the model has no classes, or
            a file would differ from it.
        ImportError: If ONNX is not installed.

    Example, in the folder in which ``vlprompt demo`` was run:
        >>> done = export('clip_toy', torch='clip.pt2', classes='toy')
        >>> done.parity['torch'].top1_equal
        8
    """
    say = on_step or (lambda step: None)
    files = _check_files(dict(onnx=onnx, torch=torch), opset)
    if output not in OUTPUTS:
        raise UserError(f'output={output!r}, expected one of {OUTPUTS}')
    say('loading the model')
    owner, learned = _load(model, checkpoint, output, classes, options)
    program = _program(owner.model, output)
    say('reading clips')
    with scope_of(owner.config):
        steps = TestSteps(Compose(owner.single))
    read = read_clips(owner.model, steps, clips)
    say('tracing')
    example = read.frames[:1].expand(2, *read.frames.shape[1:])
    traced = trace(program, example.contiguous())
    facts = facts_of(owner, program, read, learned)
    check = partial(_check, owner.model, output, read)
    parity, contents = {}, {}
    for kind, path in files.items():
        say(f'writing {path}')
        with whole_file(path) as part:
            FORMATS[kind].write(traced, part, program.output, opset)
            say(f'checking {path}')
            parity[kind] = check(FORMATS[kind].load(part))
        beside = path.with_suffix('.json')
        entry = file_facts(path, parity[kind]._asdict())
        contents.setdefault(beside, {})[kind] = entry
    for beside, entries in contents.items():
        write_json(beside, dict(facts, files=entries))
    return Exported(
        files,
        tuple(contents),
        parity,
        owner.model.class_names if output == 'logits' else None,
        tuple(read.frames.shape[1:]),
    )


def _check_files(
    given: Mapping[str, str | Path | None], opset: int | None
) -> dict[str, Path]:
    """What is to be written, before anything slow is done."""
    files = {kind: Path(path) for kind, path in given.items() if path}
    if not files:
        raise UserError('nothing to write: give --onnx FILE or --torch FILE')
    if opset is not None and 'onnx' not in files:
        raise UserError('--opset is for ONNX files: give --onnx FILE')
    for kind, path in files.items():
        check_place(kind, path, (FORMATS[kind].suffix,))
        FORMATS[kind].check_packages()
    return files


def _load(
    model: Config | str | Path | None,
    checkpoint: str | None,
    output: str,
    classes: str | Path | Sequence[str] | None,
    options: dict[str, Any],
) -> tuple[VideoClassifier, str | None]:
    """The model in fp32, with its classes, and what it has learned."""
    found = find_exportable(model)
    if output == 'logits' and has_captions(found.config):
        raise UserError(
            f'{found.source} compares videos with captions, its head has no '
            'classes: --embedding exports its vision tower'
        )
    wanted = classes if output == 'logits' else None
    owner, learned = load_exportable(found, checkpoint, wanted, options)
    if output == 'embedding':
        check_embeds(owner.model)
    if output == 'logits' and wanted is None:
        owner.set_classes(None)
    return owner, learned


def _program(model: nn.Module, output: str) -> Program:
    kind = Classifier if output == 'logits' else Embedder
    with torch.no_grad():
        return kind(model).eval()


def _check(
    model: nn.Module,
    output: str,
    clips: Clips,
    run: Callable[[Tensor], Tensor],
) -> Parity:
    """Compare a file with what the recognizer itself computes."""

    def logits(frames: Tensor) -> Tensor:
        inputs = frames.transpose(1, 2)[:, None]
        return model.cls_head(model.extract_feat(inputs)[0])

    def embedding(frames: Tensor) -> Tensor:
        inputs = frames.transpose(1, 2)[:, None]
        video, _ = model.extract_feat(inputs, 'neck')
        return unit_video(video, [None] * len(frames))

    if output == 'logits':
        return compare_logits(logits, run, clips)
    return compare_embeddings(embedding, run, clips)
