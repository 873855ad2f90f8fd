"""Videos and captions: a training and a test on real files."""

import json

import pytest
import torch
from commands import learned, test_tool, train_tool

CAPTIONS = {
    'video_0.mp4': ['a red square', 'a box that is red'],
    'video_1.mp4': ['a green square'],
    'video_2.mp4': ['a blue square moves'],
}

CONFIG = """
_base_ = ['{tiny}']
train_pipeline = [
    dict(type='DecordInit'),
    dict(type='SecondsSample', max_frames=3, fps=10),
    dict(type='DecordDecode'),
    dict(type='Resize', scale=(32, 32), keep_ratio=False),
    dict(type='FormatShape', input_format='NCTHW'),
    dict(type='PackActionInputs',
         meta_keys=('filename', 'text', 'num_valid_frames'))]
dataset = dict(
    _delete_=True, type='VideoTextDataset', ann_file='{root}/captions.json',
    data_prefix=dict(video='{videos}'), pipeline=train_pipeline)
train_dataloader = dict(dataset=dataset)
val_dataloader = dict(dataset=dict(**dataset, test_mode=True))
test_dataloader = dict(dataset=dict(**dataset, test_mode=True))
val_evaluator = dict(_delete_=True, type='RetrievalMetric')
test_evaluator = dict(_delete_=True, type='RetrievalMetric')
model = dict(
    texts=dict(_delete_=True, type='CaptionTexts', template='[2] {{}}'),
    pooler=dict(type='TransformerPooler', num_layers=1, num_positions=3,
                then=dict(type='UnitMeanPooler')),
    cls_head=dict(_delete_=True, type='InBatchHead',
                  alignment=dict(type='PairLoss')),
    trainable=['prompts.*', 'pooler.*', 'cls_head.logit_scale'])
custom_hooks = [dict(type='EpochSeedHook'), dict(type='ClampLogitScaleHook')]
"""


@pytest.fixture
def config(world, tmp_path):
    videos = sorted((world / 'videos').iterdir())
    captions = {
        video.name: texts
        for video, texts in zip(videos[:3], CAPTIONS.values(), strict=True)
    }
    (tmp_path / 'captions.json').write_text(json.dumps(captions))
    (tmp_path / 'retrieval.py').write_text(
        CONFIG.format(
            tiny=world / 'tiny.py', root=tmp_path, videos=world / 'videos'
        )
    )
    return str(tmp_path / 'retrieval.py')


def test_captions_train_and_are_retrieved(config, tmp_path):
    train_tool.main(
        [config, '--work-dir', str(tmp_path / 'out'), '--seed', '1']
    )
    weights = learned(tmp_path / 'out')
    assert {n.split('.')[0] for n in weights} == {
        'prompts',
        'pooler',
        'cls_head',
        'clip_fingerprint',
    }
    assert all(w.isfinite().all() for w in weights.values())
    (checkpoint,) = tmp_path.glob('out/epoch_2.pth')
    metrics = test_tool.main(
        [
            config,
            str(checkpoint),
            '--work-dir',
            str(tmp_path / 'test'),
            '--cfg-options',
            'randomness.seed=1',
        ]
    )
    assert 0 <= metrics['retrieval/R1'] <= metrics['retrieval/R5'] <= 100
    assert torch.tensor(metrics['retrieval/MnR']).isfinite()
