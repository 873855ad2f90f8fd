"""Folders of transformers give what transformers' own models compute."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from mmengine.registry import DefaultScope

from vlprompt import hub
from vlprompt.apis import init_recognizer
from vlprompt.errors import UserError

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


@pytest.mark.parametrize('act', ['quick_gelu', 'gelu'])
def test_clip_gives_the_features_of_transformers(tmp_path, act):
    theirs = make_clip(tmp_path, act)
    clips = torch.randn(2, 3, 3, PIXELS, PIXELS)
    model = ours(tmp_path)
    with torch.inference_mode():
        expected = theirs(
            input_ids=model.texts().ids, pixel_values=clips.flatten(0, 1)
        )
        pooled = theirs.vision_model(clips.flatten(0, 1)).pooler_output
        frames = theirs.visual_projection(pooled).unflatten(0, (2, 3))
        video = torch.nn.functional.normalize(frames.mean(dim=1), dim=-1)
        scale = theirs.logit_scale.exp()
        scores = scale * video @ expected.text_embeds.T
    torch.testing.assert_close(
        logits(model, clips), scores, atol=1e-5, rtol=1e-5
    )


def test_frames_become_the_pixels_of_transformers(tmp_path):
    from mmengine.dataset import Compose
    from transformers.models.videomae.image_processing_pil_videomae import (
        VideoMAEImageProcessorPil,
    )

    make_xclip(tmp_path, frames=3)
    config = hub.read_folder(tmp_path).config
    model = init_recognizer(config, 'none', 'cpu')
    frames = list(
        np.random.default_rng(0).integers(0, 256, (3, 57, 90, 3), np.uint8)
    )
    steps = config.test_dataloader.dataset.pipeline[3:]
    with DefaultScope.overwrite_default_scope('vlprompt'):
        sample = Compose(steps)(
            dict(
                imgs=frames,
                img_shape=(57, 90),
                filename='',
                num_clips=1,
                clip_len=3,
            )
        )
    batch = dict(
        inputs=[sample['inputs']], data_samples=[sample['data_samples']]
    )
    found = model.data_preprocessor(batch)['inputs']
    processor = VideoMAEImageProcessorPil.from_pretrained(tmp_path)
    pixels = processor(frames, return_tensors='pt')['pixel_values']
    torch.testing.assert_close(
        found[0, 0].transpose(0, 1), pixels[0].float(), atol=1e-5, rtol=1e-5
    )


def test_a_video_is_classified_with_nothing_but_the_folder(
    tmp_path, monkeypatch
):
    from pushed_models import make_video

    from vlprompt.apis import VideoClassifier

    cache = tmp_path / 'cache'
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_CACHE', str(cache))
    monkeypatch.setattr('huggingface_hub.constants.HF_HUB_OFFLINE', True)
    model = cache / 'models--microsoft--xclip-tiny'
    make_xclip(model / 'snapshots/abc', frames=4)
    (model / 'refs').mkdir()
    (model / 'refs/main').write_text('abc')
    video = make_video(tmp_path)
    monkeypatch.setattr(
        'socket.socket.connect', lambda *_: pytest.fail('a second download')
    )
    address = 'hf://microsoft/xclip-tiny'
    classifier = VideoClassifier(address, device='cpu')
    scores = classifier(video, TEXTS)
    assert {name for name, _ in scores} == set(TEXTS)
    assert sum(score for _, score in scores) == pytest.approx(1)
    found = hub.read_folder(hub.pull(address))
    assert found.facts['frames'] == 4
    assert found.facts['method'] == 'X-CLIP'


def test_the_architecture_of_openai_has_its_name(tmp_path):
    config = transformers.XCLIPConfig().to_dict()
    config['vision_config']['patch_size'] = 16
    (tmp_path / 'config.json').write_text(json.dumps(config))
    text = json.dumps({**PREPROCESSOR, 'size': 224, 'crop_size': 224})
    (tmp_path / 'preprocessor_config.json').write_text(text)
    (tmp_path / 'model.safetensors').touch()
    model = hub.read_folder(tmp_path).config.model
    assert model.clip.arch == 'ViT-B-16-quickgelu'


def test_what_transformers_leaves_out_is_its_default(tmp_path):
    (tmp_path / 'config.json').write_text('{"model_type": "xclip"}')
    (tmp_path / 'preprocessor_config.json').write_text('{}')
    (tmp_path / 'model.safetensors').touch()
    found = hub.read_folder(tmp_path)
    theirs = transformers.XCLIPConfig()
    model = found.config.model
    assert model.clip.arch == 'ViT-B-32-quickgelu'
    assert model.pooler.num_positions == theirs.vision_config.num_frames
    assert model.conditioner.num_layers == theirs.prompt_layers
    assert model.conditioner.heads == theirs.prompt_num_attention_heads


REFUSED = {
    'another activation': (
        dict(vision_config=dict(hidden_act='relu')),
        {},
        "hidden_act='relu'",
    ),
    'two activations': (
        dict(vision_config=dict(hidden_act='gelu')),
        {},
        'with the activations quick_gelu and gelu',
    ),
    'other norms': (
        dict(text_config=dict(layer_norm_eps=1e-3)),
        {},
        'layer_norm_eps=0.001',
    ),
    'sizes that are texts': (
        dict(text_config=dict(hidden_size='64')),
        {},
        "hidden_size='64'",
    ),
    'another generator': (
        dict(prompt_hidden_act='gelu'),
        {},
        "prompt_hidden_act='gelu'",
    ),
    'another model': (dict(model_type='bert'), {}, "of the type 'bert'"),
    'another size': ({}, dict(crop_size=48), 'crops to 48 pixels'),
    'no rescaling': ({}, dict(do_rescale=False), 'do_rescale'),
    'another interpolation': ({}, dict(resample=0), 'resample=0'),
    'a size of nothing': ({}, dict(size={}), 'expected a number of pixels'),
    'two colors': ({}, dict(image_mean=[0, 0]), 'three colors'),
}


@pytest.mark.parametrize('what', REFUSED)
def test_what_would_be_computed_otherwise_is_refused(tmp_path, what):
    changes, steps, words = REFUSED[what]
    config = dict(model_type='xclip', vision_config=dict(image_size=PIXELS))
    for key, value in changes.items():
        old = config.get(key)
        config[key] = {**old, **value} if isinstance(old, dict) else value
    (tmp_path / 'config.json').write_text(json.dumps(config))
    text = json.dumps({**PREPROCESSOR, **steps})
    (tmp_path / 'preprocessor_config.json').write_text(text)
    with pytest.raises(UserError, match=words) as error:
        hub.read_folder(tmp_path)
    assert '\n' not in str(error.value)


def test_weights_of_another_size_are_refused(tmp_path):
    make_xclip(tmp_path)
    file = tmp_path / 'config.json'
    config = json.loads(file.read_text())
    config['vision_config']['num_frames'] = 9
    file.write_text(json.dumps(config))
    with pytest.raises(UserError, match=r'another layout: pooler\.positions'):
        ours(tmp_path)


def test_a_malicious_pickle_is_not_run(tmp_path):
    class Harm:
        def __reduce__(self):
            return Path.touch, (tmp_path / 'harmed',)

    make_xclip(tmp_path, safe=False)
    path = tmp_path / 'pytorch_model.bin'
    state = torch.load(path, weights_only=True)
    torch.save({**state, 'harm': Harm()}, path)
    with pytest.raises(UserError, match='harm is no tensor'):
        ours(tmp_path)
    assert not (tmp_path / 'harmed').exists()


def test_a_folder_is_converted_with_its_heads_and_its_pixels(tmp_path):
    from mmengine.config import Config

    from vlprompt.cli.convert import main

    theirs = make_xclip(tmp_path / 'theirs', frames=3)
    out = tmp_path / 'xclip.pth'
    main(['huggingface-xclip', str(tmp_path / 'theirs'), str(out)])
    config = Config.fromfile(out.with_suffix('.py'))
    assert config.model.trainable == [
        'backbone.*',
        'pooler.*',
        'conditioner.*',
    ]
    assert config.model.clip.pretrained == str(
        tmp_path / 'xclip.clip.safetensors'
    )
    assert config.model.data_preprocessor.mean[0] == 255 * 0.485
    assert (
        config.test_dataloader.dataset.pipeline[3].interpolation == 'bilinear'
    )
    model = init_recognizer(config, str(out), 'cpu')
    model.set_classes(TEXTS)
    clips = torch.randn(2, 3, 3, PIXELS, PIXELS)
    with torch.inference_mode():
        expected = theirs(input_ids=model.texts().ids, pixel_values=clips)
    torch.testing.assert_close(
        logits(model, clips), expected.logits_per_video, atol=1e-5, rtol=1e-5
    )


@pytest.mark.parametrize('act', ['quick_gelu', 'gelu'])
def test_a_converted_clip_says_its_activation(tmp_path, act):
    from safetensors import safe_open

    from vlprompt.cli.convert import main

    make_clip(tmp_path / 'theirs', act)
    out = tmp_path / 'clip.safetensors'
    main(['huggingface', str(tmp_path / 'theirs'), str(out)])
    with safe_open(out, 'pt') as file:
        assert file.metadata()['activation'] == act


def test_a_folder_of_another_kind_is_not_converted(tmp_path):
    from vlprompt.cli.convert import main

    with pytest.raises(UserError, match='folders are of the kinds'):
        main(['vita', str(tmp_path), str(tmp_path / 'out.pth')])
