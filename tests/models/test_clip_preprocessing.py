"""What images a tag of open_clip was trained on is not lost."""

import json
from pathlib import Path

import open_clip
import pytest
import torch
from mmengine.config import Config
from open_clip.pretrained import get_pretrained_cfg, list_pretrained
from safetensors.torch import save_file
from tiny import TINY

from vlprompt.apis import init_recognizer
from vlprompt.apis.preprocessing import warn_of_other_preprocessing
from vlprompt.errors import UserError
from vlprompt.models import load_clip
from vlprompt.models.clip.preprocessing import (
    preprocessing_of,
    preprocessor_config,
)
from vlprompt.models.clip.tags import find_file

TAGS = [
    (arch, tag)
    for arch, tag in list_pretrained()
    if arch.startswith('ViT-') and 'SigLIP' not in arch
]
OPENAI = dict(
    mean=[122.7709383, 116.7460125, 104.09373615],
    std=[68.5005327, 66.6321375, 70.3231630],
)
HALF = dict(mean=[127.5] * 3, std=[127.5] * 3)
BICUBIC = [
    dict(type='PILResize', scale=(-1, 224)),
    dict(type='CenterCrop', crop_size=224),
]
BILINEAR = [
    dict(type='Resize', scale=(-1, 224)),
    dict(type='CenterCrop', crop_size=224),
]
SQUASHED = [dict(type='PILResize', scale=(224, 224), keep_ratio=False)]
TRAINING = [
    dict(type='PILResize', scale=(-1, 256)),
    dict(type='RandomResizedCrop'),
    dict(type='PILResize', scale=(224, 224), keep_ratio=False),
]


@pytest.fixture
def said(monkeypatch):
    lines = []
    monkeypatch.setattr(
        'vlprompt.apis.preprocessing._warn', lambda line: lines.append(line)
    )
    return lines


def config_of(arch, tag, pipeline, train=TRAINING, **preprocessor):
    return Config(
        dict(
            model=dict(
                type='VideoTextRecognizer',
                clip=dict(arch=arch, pretrained=tag),
                data_preprocessor=preprocessor,
            ),
            train_dataloader=dict(dataset=dict(pipeline=train)),
            test_dataloader=dict(dataset=dict(pipeline=pipeline)),
        )
    )


@pytest.mark.parametrize(
    ('arch', 'tag', 'pipeline', 'preprocessor', 'expected'),
    [
        ('ViT-B-16-quickgelu', 'openai', BICUBIC, OPENAI, []),
        ('ViT-B-16-quickgelu', 'openai', BICUBIC, dict(from_clip=True), []),
        (
            'ViT-B-16-quickgelu',
            'openai',
            BICUBIC,
            HALF,
            [
                'CLIP openai',
                'mean is (127.5, 127.5, 127.5), its own (122.8, 116.7, 104.1)',
                'std is',
                'from_clip=True',
            ],
        ),
        ('ViT-B-16-quickgelu', 'openai', BICUBIC, {}, ['mean is not given']),
        (
            'ViT-B-16-quickgelu',
            'openai',
            BILINEAR,
            OPENAI,
            ['Resize in test_dataloader is bilinear, its own bicubic'],
        ),
        (
            'ViT-B-16-quickgelu',
            'openai',
            SQUASHED,
            OPENAI,
            ['has mode squash, its own shortest', 'scale=(-1, 224)'],
        ),
        ('ViT-L-14', 'laion2b_s32b_b82k', BICUBIC, HALF, []),
        ('ViT-L-14', 'laion2b_s32b_b82k', BICUBIC, OPENAI, ['(127.5, ']),
        ('ViT-H-14-quickgelu', 'dfn5b', SQUASHED, OPENAI, []),
        (
            'ViT-H-14-quickgelu',
            'dfn5b',
            BICUBIC,
            OPENAI,
            ['mode shortest, its own squash', 'keep_ratio=False'],
        ),
        ('ViT-B-16', 'gone.pt', BILINEAR, {}, []),
        (TINY, None, BILINEAR, {}, []),
    ],
)
def test_configs_that_disagree(
    said, arch, tag, pipeline, preprocessor, expected
):
    warn_of_other_preprocessing(config_of(arch, tag, pipeline, **preprocessor))
    assert len(said) == bool(expected)
    for part in expected:
        assert part in said[0]
        assert '\n' not in said[0]


@pytest.mark.parametrize(('arch', 'tag'), TAGS)
def test_every_tag(arch, tag):
    cfg = get_pretrained_cfg(arch, tag)
    found = preprocessor_config(
        dict(from_clip=True, mean=[0] * 3, format_shape='NCTHW'),
        dict(arch=arch, pretrained=tag),
    )
    assert found['mean'] == [255 * value for value in cfg['mean']]
    assert found['std'] == [255 * value for value in cfg['std']]
    assert found['format_shape'] == 'NCTHW'
    assert found['type'] == 'ActionDataPreprocessor'
    assert 'from_clip' not in found


def test_a_file_of_unknown_images_has_none_to_take():
    with pytest.raises(UserError, match="'clip.pt' are not known"):
        preprocessor_config(
            dict(from_clip=True), dict(arch=TINY, pretrained='clip.pt')
        )


def write_open_clip(folder, quick_gelu):
    """What open_clip uploads: weights, and a config beside them."""
    clip = open_clip.CustomTextCLIP(**TINY)
    save_file(clip.state_dict(), folder / 'open_clip_model.safetensors')
    config = dict(
        model_cfg={**TINY, 'quick_gelu': quick_gelu},
        preprocess_cfg=dict(
            mean=[0.5, 0.5, 0.5], std=[0.25, 0.25, 0.25], resize_mode='squash'
        ),
    )
    (folder / 'open_clip_config.json').write_text(json.dumps(config))
    return str(folder / 'open_clip_model.safetensors')


def test_a_file_beside_which_open_clip_says_it(tmp_path):
    file = write_open_clip(tmp_path, quick_gelu=True)
    found = preprocessing_of(TINY, file)
    assert found.mean == (127.5, 127.5, 127.5)
    assert found.resize_mode == 'squash'
    assert preprocessing_of(TINY, f'{file}::state_dict') == found
    load_clip(TINY, file)
    with pytest.raises(UserError, match='trained with QuickGELU'):
        load_clip({**TINY, 'quick_gelu': False}, file)
    write_open_clip(tmp_path, quick_gelu=False)
    with pytest.raises(UserError, match='trained with GELU'):
        load_clip(TINY, file)


def test_a_folder_that_is_called_as_a_tag_is_not_meant(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path('openai').mkdir()
    monkeypatch.setattr(
        'vlprompt.models.clip.tags.download', lambda *_: 'downloaded'
    )
    assert find_file('ViT-B-16-quickgelu', 'openai') == 'downloaded'
    assert preprocessing_of('ViT-B-16-quickgelu', 'openai') is not None
    Path('other').mkdir()
    assert find_file('ViT-B-16', 'other') == 'other'  # and said to be one


def test_a_model_normalises_as_its_clip_does(tmp_path):
    file = write_open_clip(tmp_path, quick_gelu=True)
    model = init_recognizer(
        Config(
            dict(
                default_scope='vlprompt',
                model=dict(
                    type='VideoTextRecognizer',
                    clip=dict(arch=TINY, pretrained=file),
                    backbone=dict(type='CLIPVisionTower'),
                    texts=dict(type='ClassTexts'),
                    cls_head=dict(type='SimilarityHead'),
                    data_preprocessor=dict(
                        from_clip=True, format_shape='NCTHW'
                    ),
                ),
            )
        ),
        device='cpu',
    )
    video = torch.full((1, 3, 2, 32, 32), 255, dtype=torch.uint8)
    batch = model.data_preprocessor(dict(inputs=[video], data_samples=[]))
    assert torch.equal(batch['inputs'], torch.full((1, 1, 3, 2, 32, 32), 2.0))


@pytest.mark.parametrize(('arch', 'tag'), TAGS)
def test_the_activation_of_every_tag(arch, tag, monkeypatch):
    """The other one is refused before anything is downloaded."""
    from vlprompt.models.clip.tags import find_file

    monkeypatch.setattr(
        'vlprompt.models.clip.tags.download', lambda *_: 'file'
    )
    trained = bool(get_pretrained_cfg(arch, tag).get('quick_gelu'))
    made = bool(open_clip.get_model_config(arch).get('quick_gelu'))
    if trained == made:
        assert find_file(arch, tag) == 'file'
    else:
        with pytest.raises(UserError, match='use ViT-'):
            find_file(arch, tag)
