"""Models by name, config and folder."""

import os
import shutil
import subprocess
import sys

import pytest
import torch

from vlprompt.apis import VideoClassifier, find_model, load_config
from vlprompt.errors import UserError
from vlprompt.toy.files import CLIP

WEIGHTS = dict(state_dict=dict(a=torch.ones(1)))


def test_names_configs_and_addresses(toy, tmp_path):
    default = find_model()
    assert default.config.model.clip.pretrained == 'openai'
    assert default.source == 'clip_b16'
    for name in ('vilt_b16_k400', 'vilt/vilt_b16_k400'):
        found = find_model(name)
        assert found.source == 'vilt_b16_k400' and found.checkpoint is None
        assert found.config.model.prompts is not None
    assert find_model(toy.config).source == toy.config
    config = load_config(toy.config)
    assert find_model(config).config is config


def test_the_folder_of_a_run_has_its_best_or_last_checkpoint(toy, tmp_path):
    config = load_config(toy.config)
    with pytest.raises(UserError, match='has no model'):
        find_model(tmp_path)
    config.dump(str(tmp_path / 'toy.py'))
    with pytest.raises(UserError, match='has no checkpoint'):
        find_model(tmp_path)
    for epoch in (1, 2):
        torch.save(WEIGHTS, tmp_path / f'epoch_{epoch}.pth')
        os.utime(tmp_path / f'epoch_{epoch}.pth', (epoch, epoch))
    found = find_model(str(tmp_path))
    assert found.checkpoint == str(tmp_path / 'epoch_2.pth')
    assert found.config.model.clip == config.model.clip
    torch.save(WEIGHTS, tmp_path / 'best_acc_top1_epoch_1.pth')
    assert 'best_acc_top1' in find_model(tmp_path).checkpoint


def test_lines_for_what_is_no_model():
    for name, expected in (
        ('vilt_b16_k4', 'did you mean vilt_b16_k400'),
        ('quite_another', "no model 'quite_another' .expected one"),
        ('gone.py', 'no config file at gone.py'),
        ('vlprompt::gone/' + 'gone.py', 'gone'),
    ):
        with pytest.raises(UserError, match=expected) as caught:
            find_model(name)
        assert '\n' not in str(caught.value)


CLASSIFY = ['-m', 'vlprompt', 'classify', 'a.mp4', '--classes', 'a', 'b']


@pytest.mark.slow
def test_without_a_network_a_line_says_what_to_fetch(tmp_path):
    """At once: the Hub's client would try again and again."""
    environment = {
        **os.environ,
        'HF_HOME': str(tmp_path),
        'HF_ENDPOINT': 'https://no.such.host.invalid',
    }
    done = subprocess.run(
        [sys.executable, *CLASSIFY],
        env=environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    assert 'Retrying' not in done.stderr
    line = done.stderr.splitlines()[-1]
    assert line.startswith("error: cannot download 'openai'")
    assert 'timm/vit_base_patch16_clip_224.openai' in line  # to be fetched
    assert line.endswith('--clip FILE')


def test_weights_of_clip_may_be_given(toy, tmp_path):
    other = tmp_path / 'other.safetensors'
    shutil.copy(toy.folder / CLIP, other)
    classifier = VideoClassifier(toy.config, clip=str(other), device='cpu')
    assert classifier.config.model.clip.pretrained == str(other)
