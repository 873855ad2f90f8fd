"""ViLT-CLIP beside two models of MMAction2, trained in the toy world."""

import json

import pytest
from mmaction_models import CONFIGS, DATA
from programs import ROOT, call_here, evaluate_here

pytestmark = pytest.mark.e2e

VILT = """
_base_ = ['{root}/configs/vilt/vilt_toy.py']
model = dict(clip=dict(pretrained='{toy}/toy_clip.safetensors'))
train_dataloader = dict(dataset=dict(
    ann_file='{lists}/base_1.txt', classes='{toy}/base_labels.csv',
    data_prefix=dict(video='{toy}/videos')))
train_cfg = dict(max_epochs=1)
"""


@pytest.fixture(scope='module')
def models(toy, small, tmp_path_factory):
    """Configs and checkpoints of three models, trained on base classes."""
    folder = tmp_path_factory.mktemp('models')
    pairs = []
    for name, text in CONFIGS.items():
        config = folder / f'{name}.py'
        videos = toy / 'videos'
        config.write_text(
            text + DATA.format(lists=small.parent, videos=videos)
        )
        call_here('train', str(config), f'--work-dir={folder / name}')
        pairs += [config, folder / name / 'epoch_1.pth']
    vilt = folder / 'vilt_toy.py'
    vilt.write_text(VILT.format(root=ROOT, toy=toy, lists=small.parent))
    work_dir = folder / 'vilt'
    call_here('train', str(vilt), f'--work-dir={work_dir}', '--no-validate')
    return [vilt, work_dir / 'epoch_1.pth', *pairs]


def test_they_stand_in_one_table(small, models, tmp_path):
    code, printed = evaluate_here(
        'compare',
        *map(str, models),
        f'--dataset={small}',
        '--part=base',
        f'--out={tmp_path}',
    )
    assert code == 0, printed
    lines = (tmp_path / 'table.md').read_text().splitlines()
    rows = [
        [cell.strip() for cell in line.strip('|').split('|')]
        for line in lines
        if line.startswith('|')
    ]
    assert rows[0][:5] == ['Model', 'Top-1', 'Top-5', 'Frames', 'Views']
    table = {row[0]: row[1:] for row in rows[2:]}
    assert [*table] == ['vilt_toy', 'tsn', 'timesformer']
    assert [row[2:4] for row in table.values()] == [
        ['8', '1x1'],
        ['3', '1x1'],
        ['8', '1x1'],
    ]
    metrics = json.loads((tmp_path / 'results.json').read_text())['metrics']
    for name, row in table.items():
        assert metrics[name]['acc/scored'] == 24
        assert row[0] == f'{100 * metrics[name]["acc/top1"]:.1f}'
        assert float(row[6]) > 0  # videos a second
    assert metrics['vilt_toy']['acc/top1'] > 1 / 24
    # ResNet-18 without its 1000 classes, with 24
    assert table['tsn'][5] == f'{(11_176_512 + 512 * 24 + 24) / 1e6:.1f}'


def test_a_missing_checkpoint_in_the_pairs(models, small, tmp_path):
    code, printed = evaluate_here(
        'compare',
        *map(str, models[:3]),
        f'--dataset={small}',
        f'--out={tmp_path}',
    )
    assert code == 2
    assert '3 arguments, expected a checkpoint' in printed
