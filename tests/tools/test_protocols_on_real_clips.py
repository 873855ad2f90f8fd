"""Every protocol on real clips, with a tiny random CLIP."""

import json

import open_clip
import pytest
from commands import ROOT, start
from mmengine.config import Config
from safetensors.torch import save_file

pytestmark = pytest.mark.e2e

DESCRIPTION = """
title = 'Mini'
root = '{data}'
full = ('mini/recognition.txt', '{{root}}/mini/labels.csv')
zero_shot = dict(a=full)
few_shot = 'mini/recognition.txt'
shots = (1,)
base_train = few_shot
base = novel = full
"""
CONFIG = """
_base_ = ['{tiny}']
model = dict(clip=dict(pretrained='{clip}'))
{more}
train_cfg = dict(max_epochs=1)
"""
CAPTIONS = """
model.update(
    texts=dict(_delete_=True, type='CaptionTexts', template='[2] {{}}'),
    cls_head=dict(_delete_=True, type='ContrastiveHead',
                  alignment=dict(type='SymmetricContrastiveLoss')))
pipeline = [
    dict(type='VideoInit'), dict(type='MultiViewSegmentSample', num_frames=2),
    dict(type='VideoDecode'),
    dict(type='Resize', scale=(32, 32), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs',
         meta_keys=('filename', 'sample_idx', 'text'))]
test_dataloader = dict(dataset=dict(
    _delete_=True, type='VideoCaptionDataset', test_mode=True,
    ann_file='{data}/mini/retrieval_multi_caption.json', pipeline=pipeline,
    data_prefix=dict(video='{data}/videos')))
custom_hooks = [dict(type='EpochSeedHook'), dict(type='HeadSimilarityHook')]
"""


@pytest.fixture
def given(world, shared_data, tmp_path):
    """A config of classes and one of captions, and a description."""
    arch = Config.fromfile(world / 'tiny.py').model.clip.arch
    clip = open_clip.CustomTextCLIP(**arch)
    save_file(clip.state_dict(), tmp_path / 'clip.safetensors')
    for name, more in (('classes', ''), ('captions', CAPTIONS)):
        text = CONFIG.format(
            tiny=world / 'tiny.py',
            clip=tmp_path / 'clip.safetensors',
            more=more.format(data=shared_data),
        )
        (tmp_path / f'{name}.py').write_text(text)
    text = DESCRIPTION.format(data=shared_data)
    (tmp_path / 'mini.py').write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ('protocol', 'config', 'flags', 'scored'),
    [
        ('zero_shot', 'classes', ['none', '--datasets=MINI'], 7),
        ('fully_supervised', 'classes', ['none', '--dataset=MINI'], 7),
        ('few_shot', 'classes', ['--datasets=MINI', '--no-baselines'], 7),
        ('base_to_novel', 'classes', ['--datasets=MINI', '--seeds=1'], 14),
        ('retrieval', 'captions', ['none'], 8),
    ],
)
def test_a_protocol_ends_with_its_table(
    given, protocol, config, flags, scored
):
    done = start(
        'python',
        ROOT / f'tools/eval/{protocol}.py',
        given / f'{config}.py',
        *(flag.replace('MINI', str(given / 'mini.py')) for flag in flags),
        f'--out={given}/out',
    )
    assert done.returncode == 0, done.stdout + done.stderr
    table = (given / 'out/table.md').read_text()
    assert table in done.stdout
    assert table.startswith(('| Method', 'captions\n\n| Method'))
    metrics = json.loads((given / 'out/results.json').read_text())['metrics']
    keys = ('scored', 'acc/scored')
    assert sum(m.get(k, 0) for m in metrics.values() for k in keys) == scored
