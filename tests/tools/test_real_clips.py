"""ViLT-CLIP at full size on real Kinetics and UCF101 clips."""

import os

import open_clip
import pytest
import torch
from commands import ROOT, learned, test_tool, train_tool
from mmengine.config import Config
from safetensors.torch import save_file

pytestmark = [pytest.mark.slow, pytest.mark.e2e]

CLIPS = ('yoga_k400val_Tw2yXa6CzWE.mp4', 'apply_eye_makeup.avi')
CLASSES = ['yoga', 'applying eye makeup', 'arm wrestling']


@pytest.fixture
def config(shared_data, tmp_path):
    """The published config, two frames a view, random CLIP weights."""
    torch.set_num_threads(os.cpu_count())
    torch.manual_seed(0)
    arch = open_clip.get_model_config('ViT-B-16-quickgelu')
    clip = open_clip.CustomTextCLIP(**arch)
    save_file(clip.state_dict(), tmp_path / 'clip.safetensors')
    (tmp_path / 'list.txt').write_text(
        '\n'.join(f'{name} {i}' for i, name in enumerate(CLIPS))
    )
    cfg = Config.fromfile(ROOT / 'configs/vilt/vilt_b16_k400.py')
    cfg.model.clip.pretrained = str(tmp_path / 'clip.safetensors')
    for kind in ('train', 'val', 'test'):
        loader = cfg[f'{kind}_dataloader']
        loader.batch_size, loader.num_workers = 2, 0
        loader.dataset.ann_file = str(tmp_path / 'list.txt')
        loader.dataset.classes = CLASSES
        loader.dataset.data_prefix.video = str(shared_data / 'videos')
        loader.dataset.pipeline[1].num_frames = 2
    cfg.train_cfg.max_epochs = 1
    cfg.param_scheduler = []
    cfg.dump(tmp_path / 'config.py')
    return tmp_path / 'config.py'


def test_full_size_training_and_12_views(config, tmp_path):
    train_tool.main(
        [str(config), '--work-dir', str(tmp_path), '--amp', '--no-validate']
    )
    weights = learned(tmp_path)
    assert sum(w.numel() for n, w in weights.items() if 'prompts' in n) == (
        849_152
    )
    size = (tmp_path / 'epoch_1.pth').stat().st_size
    assert size < 12e6  # what was learnt and two moments of AdamW
    metrics = test_tool.main(
        [
            str(config),
            str(tmp_path / 'epoch_1.pth'),
            '--work-dir',
            str(tmp_path),
        ]
    )
    assert metrics['acc/scored'] == metrics['acc/listed'] == 2
    assert 0 <= metrics['acc/top1'] <= 1
