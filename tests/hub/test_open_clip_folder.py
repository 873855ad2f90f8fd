"""Folders of open_clip give what open_clip computes."""

import json
from pathlib import Path

import pytest
import torch
from mmengine.registry import DefaultScope

from vlprompt import hub
from vlprompt.apis import init_recognizer
from vlprompt.errors import UserError

TEXTS = ('a dog', 'riding a mountain bike', 'tai chi')
ARCH = dict(
    embed_dim=48,
    vision_cfg=dict(image_size=32, layers=2, width=64, patch_size=16),
    text_cfg=dict(
        context_length=77, vocab_size=49408, width=64, heads=2, layers=2
    ),
)
STEPS = dict(
    mean=[0.5, 0.5, 0.5],
    std=[0.5, 0.5, 0.5],
    interpolation='bicubic',
    resize_mode='squash',
)


@pytest.fixture(autouse=True)
def no_scope_is_left(monkeypatch):
    monkeypatch.setattr(DefaultScope, '_instance_dict', {})


def make(folder: Path, arch: dict = ARCH, steps: dict = STEPS):
    """A CLIP of random weights in a folder."""
    import open_clip
    from safetensors.torch import save_file

    torch.manual_seed(0)
    model = open_clip.CLIP(**ARCH).eval()
    save_file(model.state_dict(), folder / 'open_clip_model.safetensors')
    text = json.dumps(dict(model_cfg=arch, preprocess_cfg=steps))
    (folder / 'open_clip_config.json').write_text(text)
    return model


def test_scores_are_those_of_open_clip(tmp_path):
    theirs = make(tmp_path)
    found = hub.read_folder(tmp_path)
    model = init_recognizer(found.config, found.checkpoint, 'cpu')
    model.set_classes(TEXTS)
    clips = torch.randn(2, 3, 3, 32, 32)
    ids = torch.nn.functional.pad(
        model.texts().ids, (0, 77 - model.texts().ids.size(1))
    )
    with torch.inference_mode():
        features, _ = model.extract_feat(clips.transpose(1, 2).unsqueeze(1))
        scores = model.cls_head(features)
        video = theirs.encode_image(clips.flatten(0, 1)).unflatten(0, (2, 3))
        video = torch.nn.functional.normalize(video.mean(dim=1), dim=-1)
        text = theirs.encode_text(ids, normalize=True)
        expected = theirs.logit_scale.exp() * video @ text.T
    torch.testing.assert_close(scores, expected, atol=1e-5, rtol=1e-5)


def test_preprocessing_is_that_of_the_folder(tmp_path):
    make(tmp_path)
    config = hub.read_folder(tmp_path).config
    colors = config.model.data_preprocessor
    assert colors.mean == colors.std == [127.5] * 3
    (resize,) = (
        step
        for step in config.test_dataloader.dataset.pipeline
        if step.type == 'PILResize'
    )
    assert (resize.scale, resize.keep_ratio) == ((32, 32), False)


@pytest.mark.parametrize(
    ('arch', 'steps', 'words'),
    [
        (
            {**ARCH, 'text_cfg': dict(hf_model_name='evil/model')},
            STEPS,
            'not a CLIP of plain transformers',
        ),
        (
            {**ARCH, 'vision_cfg': dict(timm_model_name='evil')},
            STEPS,
            'not a CLIP of plain transformers',
        ),
        ('ViT', STEPS, 'not a CLIP of plain transformers'),
        (ARCH, {**STEPS, 'interpolation': 'random'}, "'random' is not known"),
        (ARCH, {**STEPS, 'resize_mode': 'longest'}, "'longest'"),
    ],
)
def test_others_are_refused(tmp_path, arch, steps, words):
    make(tmp_path, arch, steps)
    with pytest.raises(UserError, match=words):
        hub.read_folder(tmp_path)


def test_a_pickle_is_not_read(tmp_path):
    make(tmp_path)
    weights = tmp_path / 'open_clip_model.safetensors'
    weights.rename(tmp_path / 'open_clip_pytorch_model.bin')
    with pytest.raises(UserError, match=r'no open_clip_model\.safetensors'):
        hub.read_folder(tmp_path)
