"""Every method as a graph: any batch, the same numbers."""

from pathlib import Path

import pytest
import torch
from mmengine.config import Config

from vlprompt.datasets.lists.descriptions import KEYS
from vlprompt.exporting.formats import FORMATS, trace
from vlprompt.exporting.programs import Classifier, Embedder
from vlprompt.models.layers.temporal import unit_video
from vlprompt.registry import MODELS
from vlprompt.utils import register_all_modules

FOLDER = Path(__file__).parents[2] / 'configs'
TOYS = sorted(FOLDER.glob('[!_]*/*_toy.py'))
CLASSES = [f'class {i}' for i in range(24)]
SENTENCES = {name: [f'{name} here', f'it is {name}'] for name in CLASSES}
TINY = dict(
    embed_dim=64,
    quick_gelu=True,
    vision_cfg=dict(
        image_size=16, patch_size=8, width=64, layers=4, head_width=32
    ),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=64, heads=2, layers=4
    ),
)
FRAMES = 8
EMBEDDERS = (
    'clip4clip_retrieval_toy',
    'vilt_retrieval_toy',
    'xclip_toy',
    'vifi_image_toy',
)


def of_captions(path):
    return path.stem.endswith('retrieval_toy')


def build(path):
    """The model of a toy config on a tiny CLIP."""
    register_all_modules()
    model = Config.fromfile(path).model.to_dict()
    model['clip'] = dict(arch=TINY)
    texts = model.get('texts') or {}
    texts.update({key: SENTENCES for key in KEYS if key in texts})
    torch.manual_seed(0)
    model = MODELS.build(model)
    for p in model.parameters():  # what starts at zero would hide faults
        if p.requires_grad:
            p.data += 0.02 * torch.randn_like(p)
    if not of_captions(path):
        # a linear head takes those it was made for
        model.set_classes(CLASSES[: model.cls_head.num_classes or 5])
    return model.eval()


def clips(batch, seed=1):
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(batch, FRAMES, 3, 16, 16, generator=generator)


def logits(model, frames):
    features, _ = model.extract_feat(frames.transpose(1, 2)[:, None])
    return model.cls_head(features)


def embedding(model, frames):
    inputs = frames.transpose(1, 2)[:, None]
    return unit_video(
        model.extract_feat(inputs, 'neck')[0], [None] * len(frames)
    )


def check(model, kind, expected):
    """A graph that was made of two clips, with 1, 2 and 5 of them."""
    with torch.no_grad():
        program = kind(model).eval()
        run = trace(program, clips(2, seed=0)).module()
        for batch in (1, 2, 5):
            frames = clips(batch)
            wanted = torch.cat([expected(model, f[None]) for f in frames])
            found = run(frames)
            assert found.shape == wanted.shape
            torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)
        assert (wanted[0] - wanted[1]).abs().max() > 1e-4


@pytest.mark.slow
@pytest.mark.parametrize(
    'path',
    [p for p in TOYS if not of_captions(p)],
    ids=lambda p: p.stem,
)
def test_logits_of_every_method(path):
    check(build(path), Classifier, logits)


@pytest.mark.slow
@pytest.mark.parametrize(
    'path',
    [p for p in TOYS if p.stem in EMBEDDERS],
    ids=lambda p: p.stem,
)
def test_embeddings(path):
    check(build(path), Embedder, embedding)


@pytest.mark.slow
def test_onnx_can_rank_and_merge_tokens(tmp_path):
    pytest.importorskip('onnxruntime')
    pytest.importorskip('onnxscript')
    model = build(FOLDER / 'tc_clip/tc_clip_toy.py')
    file = tmp_path / 'a.onnx'
    with torch.no_grad():
        traced = trace(Classifier(model).eval(), clips(2, seed=0))
        FORMATS['onnx'].write(traced, file, 'logits', None)
        found = FORMATS['onnx'].load(file)(clips(3))
        wanted = logits(model, clips(3))
    torch.testing.assert_close(found, wanted, atol=1e-5, rtol=1e-5)


def test_texts_are_constants_of_the_classes():
    model = build(FOLDER / 'vilt/vilt_toy.py')
    with torch.no_grad():
        first = Classifier(model).class_texts
        model.set_classes(model.class_names[::-1])
        other = Classifier(model)
    torch.testing.assert_close(first.flip(0), other.class_texts)
    assert (first - other.class_texts).abs().max() > 1e-3
    names = other.state_dict()
    assert 'class_texts' in names and 'prompt_0' in names
    assert not [n for n in names if n.startswith(('text_encoder', 'prompts'))]
