"""What is known of an exported model, for the JSON file beside it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from torch import Tensor

from vlprompt.datasets.pipelines import count_frames, count_views
from vlprompt.file_digest import sha256_of
from vlprompt.hub.facts import PACKAGES, template_of, versions_of
from vlprompt.hub.plain_values import plain
from vlprompt.models.clip.arch import arch_config
from vlprompt.models.trainable_state import FINGERPRINT
from vlprompt.weights import split_place

from .merged_clip import MergedClip
from .parity import Clips
from .programs import INPUT, Program

if TYPE_CHECKING:
    from vlprompt.apis.video_embedder import VideoEmbedder

FORMAT = 1
PIXELS = 'RGB, (pixel - mean) / std of pixels from 0 to 255'


def facts_of(
    embedder: VideoEmbedder,
    program: Program,
    clips: Clips,
    checkpoint: str | None,
) -> dict[str, Any]:
    """Everything but the files themselves.

    Args:
        embedder: With the model and its pipelines.
        program: What is exported of it.
        clips: In the shape that it takes.
        checkpoint: What it has learned, a file, an address or None.
    """
    model, config = embedder.model, embedder.config
    clip = plain(config.model.clip.to_dict())
    clip['fingerprint'] = _fingerprint(model.state_dict().get(FINGERPRINT))
    is_classifier = program.output == 'logits'
    names = list(model.class_names) if is_classifier else None
    template = template_of(model, config.model)
    return dict(
        format=FORMAT,
        model=embedder.source,
        checkpoint=_checkpoint(checkpoint),
        clip=clip,
        input=dict(
            name=INPUT,
            shape=['batch', *clips.frames.shape[1:]],
            dtype='float32',
            values=PIXELS,
        ),
        output=dict(
            name=program.output,
            meaning='a softmax gives probabilities'
            if is_classifier
            else 'unit length: a product of two is a cosine',
        ),
        classes=names,
        template=plain(template) if is_classifier else None,
        preprocessing=_preprocessing(embedder, clips),
        versions=versions_of((*PACKAGES, 'onnx', 'onnxscript', 'onnxruntime')),
    )


def merged_facts(
    embedder: VideoEmbedder,
    merged: MergedClip,
    clips: Clips,
    checkpoint: str | None,
) -> dict[str, Any]:
    """Everything about a merged CLIP but its file.

    Args:
        embedder: With the model that was merged.
        merged: What it has become.
        clips: In the shape that it takes.
        checkpoint: What it had learned, a file, an address or None.
    """
    model, config = embedder.model, embedder.config
    arch = config.model.clip.arch
    colors = model.data_preprocessor
    return dict(
        format=FORMAT,
        model=embedder.source,
        checkpoint=_checkpoint(checkpoint),
        arch=arch if isinstance(arch, str) else None,
        # As in the open_clip_config.json that open_clip writes.
        model_cfg=plain(arch_config(arch)),
        preprocess_cfg=dict(
            size=list(clips.frames.shape[-2:]),
            mean=_of_ones(colors.mean),
            std=_of_ones(colors.std),
        ),
        folded=list(merged.folded),
        fine_tuned=merged.tuned,
        left_out=list(merged.left_out),
        template=plain(template_of(model, config.model)),
        preprocessing=_preprocessing(embedder, clips),
        versions=versions_of(PACKAGES),
    )


def file_facts(path: Path, parity: dict[str, Any]) -> dict[str, Any]:
    """Of a file that has been written, and how it compares."""
    return dict(
        name=path.name,
        bytes=path.stat().st_size,
        sha256=_sha256(path),
        parity=parity,
    )


def _preprocessing(embedder: VideoEmbedder, clips: Clips) -> dict[str, Any]:
    colors = embedder.model.data_preprocessor
    views, crops = count_views(embedder.whole)
    steps = plain(list(embedder.single))
    sampler = next(step for step in steps if 'Sample' in step['type'])
    return dict(
        mean=_numbers(colors.mean),
        std=_numbers(colors.std),
        size=list(clips.frames.shape[-2:]),
        frames=count_frames(embedder.single),
        sampling=sampler,
        steps=steps,
        views_of_tests=f'{views}x{crops}',
    )


def _checkpoint(place: str | None) -> dict[str, Any] | None:
    return place and dict(name=Path(place).name, sha256=_sha256(place))


def _of_ones(values: Tensor | None) -> list[float] | None:
    """Of pixels from 0 to 1, as open_clip gives them."""
    numbers = _numbers(values)
    return numbers and [number / 255 for number in numbers]


def _numbers(values: Tensor | None) -> list[float] | None:
    return None if values is None else values.flatten().tolist()


def _fingerprint(value: Tensor | None) -> str | None:
    return None if value is None else bytes(value.tolist()).hex()


def _sha256(path: str | Path) -> str | None:
    """Of a file, also as ``FILE::PLACE``; None for an address."""
    path = Path(split_place(path)[0]).expanduser()
    return sha256_of(path) if path.is_file() else None
