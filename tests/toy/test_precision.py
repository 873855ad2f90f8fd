"""Training in bf16 against training in fp32, from the same seed."""

import json

import pytest
from programs import EPOCHS, call

from vlprompt.hardware import has_bf16


@pytest.mark.e2e
@pytest.mark.skipif(not has_bf16('cpu'), reason='no bf16 instructions')
def test_bf16_learns_as_well(quickstart, tmp_path):
    """Of 192 videos, of which bf16 may lose 8 more than it gains."""
    data, dataset = quickstart.data, '{}_dataloader.dataset.{}={}'
    splits = dict(train='base_train', val='base_val')
    done = call(
        'tools/train.py',
        'configs/vilt/vilt_toy.py',
        f'--work-dir={tmp_path}',
        '--amp',
        '--seed=0',
        '--cfg-options',
        f'model.clip.pretrained={data}/toy_clip.safetensors',
        f'train_cfg.max_epochs={EPOCHS}',
        f'train_cfg.val_interval={EPOCHS}',
        *(
            dataset.format(loader, key, data / value)
            for loader, split in splits.items()
            for key, value in {
                'ann_file': f'{split}.txt',
                'classes': 'base_labels.csv',
                'data_prefix.video': 'videos',
            }.items()
        ),
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "frozen_dtype='bfloat16'" in done.stdout + done.stderr
    (log,) = tmp_path.glob('*/vis_data/scalars.json')
    last = json.loads(log.read_text().splitlines()[-1])
    plain = quickstart.report()['results']['ViLT-CLIP']['base']
    assert abs(last['acc/top1'] - plain) <= 8 / 192
