"""Folders of transformers give what transformers' own models compute."""

import json
from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

from vlprompt import hub
from vlprompt.apis import init_recognizer

transformers = pytest.importorskip('transformers')
PIXELS = 32
TEXTS = (
    'a dog',
    'riding a mountain bike',
    'playing the grand piano',
    'tai chi',
)
PREPROCESSOR = dict(
    image_processor_type='VideoMAEImageProcessor',
    do_resize=True,
    do_center_crop=True,
    do_normalize=True,
    size=dict(shortest_edge=40),
    crop_size=dict(height=PIXELS, width=PIXELS),
    image_mean=[0.485, 0.456, 0.406],
    image_std=[0.229, 0.224, 0.225],
    resample=2,
)


@pytest.fixture(autouse=True)
def no_scope_is_left(monkeypatch):
    monkeypatch.setattr(DefaultScope, '_instance_dict', {})


def towers(patch: int, frames: int, heads: int, act: str) -> dict:
    """Tiny towers, as transformers' configs have them."""
    text = dict(
        hidden_size=64,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=heads,
        vocab_size=49408,
        hidden_act=act,
    )
    vision = dict(
        hidden_size=96,
        intermediate_size=384,
        num_hidden_layers=3,
        num_attention_heads=heads,
        image_size=PIXELS,
        patch_size=patch,
        hidden_act=act,
        mit_hidden_size=48,
        mit_intermediate_size=192,
        mit_num_attention_heads=3,
        mit_num_hidden_layers=2,
        num_frames=frames,
    )
    return dict(text_config=text, vision_config=vision, projection_dim=48)


def make_xclip(
    folder: Path, patch: int = 16, frames: int = 5, safe: bool = True
):
    """An XCLIPModel of random weights in a folder."""
    torch.manual_seed(patch + frames)
    config = transformers.XCLIPConfig(
        **towers(patch, frames, 2, 'quick_gelu'),
        prompt_layers=3,
        prompt_num_attention_heads=4,
    )
    model = transformers.XCLIPModel(config).eval()
    with torch.no_grad():  # norms and biases that differ from 1 and 0
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    save(model, folder, safe)
    return model


def make_clip(folder: Path, act: str = 'quick_gelu'):
    """A CLIPModel of random weights in a folder."""
    torch.manual_seed(0)
    parts = towers(16, 5, 2, act)
    parts['vision_config'] = {
        key: value
        for key, value in parts['vision_config'].items()
        if not key.startswith(('mit_', 'num_frames'))
    }
    model = transformers.CLIPModel(transformers.CLIPConfig(**parts)).eval()
    save(model, folder, True)
    return model


def save(model, folder: Path, safe: bool) -> None:
    model.save_pretrained(folder)
    if not safe:
        (folder / 'model.safetensors').unlink()
        torch.save(model.state_dict(), folder / 'pytorch_model.bin')
    text = json.dumps(PREPROCESSOR)
    (folder / 'preprocessor_config.json').write_text(text)


def ours(folder: Path):
    found = hub.read_folder(folder)
    model = init_recognizer(found.config, found.checkpoint, 'cpu')
    model.set_classes(TEXTS)
    return model


def logits(model, clips: torch.Tensor) -> torch.Tensor:
    """(B, T, 3, H, W) to what the head compares, scaled."""
    with torch.inference_mode():
        features, _ = model.extract_feat(clips.transpose(1, 2).unsqueeze(1))
        return model.cls_head(features)


@pytest.mark.parametrize('safe', [True, False], ids=['safetensors', 'bin'])
@pytest.mark.parametrize(('patch', 'frames'), [(16, 5), (8, 3), (32, 8)])
def test_xclip_gives_the_logits_of_transformers(tmp_path, patch, frames, safe):
    theirs = make_xclip(tmp_path, patch, frames, safe)
    clips = torch.randn(2, frames, 3, PIXELS, PIXELS)
    model = ours(tmp_path)
    ids = model.texts().ids
    with torch.inference_mode():
        expected = theirs(input_ids=ids, pixel_values=clips)
    found = logits(model, clips)
    torch.testing.assert_close(
        found, expected.logits_per_video, atol=1e-5, rtol=1e-5
    )
    assert expected.logits_per_video.std() > 1e-2
