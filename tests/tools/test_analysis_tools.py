"""The commands that count costs and draw attention."""

import json
from pathlib import Path

import cv2
import pytest
import torch
from commands import line_of, tool
from PIL import Image

from vlprompt.apis import init_recognizer, load_config

CLASSES = ('running', 'jumping', 'riding a bike')  # of tiny.py
complexity = tool('analyze_complexity')
attention = tool('analyze_attention')


@pytest.fixture
def video(world) -> str:
    return str(world / 'videos/0.mp4')


@pytest.fixture
def vanilla(config, tmp_path) -> str:
    """A config of a second model, which learns nothing."""
    path = tmp_path / 'vanilla.py'
    path.write_text(
        f"_base_ = ['{config}']\n"
        'model = dict(trainable=[], prompts=None, '
        "texts=dict(template='a photo of a {}.'))\n"
    )
    return str(path)


@pytest.fixture
def linear(config, tmp_path) -> str:
    """A config of a model that has a linear head and no texts."""
    path = tmp_path / 'linear.py'
    path.write_text(
        f"_base_ = ['{config}']\n"
        'model = dict(trainable=[], prompts=None, texts=None, cls_head='
        "dict(_delete_=True, type='LinearHead', num_classes=3))\n"
    )
    return str(path)


def test_complexity_table(config, vanilla, capsys):
    rows = complexity.main([config, vanilla, '--out', 'new/costs.json'])
    assert [row['method'] for row in rows] == ['tiny', 'vanilla']
    written = json.loads(Path('new/costs.json').read_text())
    assert written[0]['macs']['published'] == rows[0]['macs']['published']
    assert rows[0]['shape'] == (1, 1, 3, 2, 32, 32)
    assert rows[0]['classes'] == len(CLASSES)
    assert rows[0]['parameters']['trainable'] == sum(
        p.numel()
        for p in init_recognizer(load_config(config), 'none').parameters()
        if p.requires_grad
    )
    assert rows[1]['parameters']['trainable'] == 0
    out = capsys.readouterr().out
    head = '| Method  | GFLOPs | TP | Params (M) | Trainable (M) |'
    assert head in out and 'new/costs.json' in out
    longer = complexity.main([vanilla, '--frames', '4'])[0]['macs']
    assert (
        longer['parts']['backbone'] == 2 * rows[1]['macs']['parts']['backbone']
    )


def test_throughput_table(vanilla, capsys):
    flags = ['--throughput', '--device', 'cpu', '--batch-size', '2']
    flags += ['--iterations', '3', '--dtype', 'bfloat16']
    (row,) = complexity.main([vanilla, *flags])
    timed = row['throughput']
    assert (timed['batch_size'], timed['iterations']) == (2, 3)
    assert timed['dtype'] == 'bfloat16' and timed['views_per_second'] > 0
    assert f'{timed["views_per_second"]:.1f}' in capsys.readouterr().out


def test_lines_about_complexity(config):
    lines = {
        'gone.py': [config, 'gone.py'],
        'ends in .json': [config, '--out', 'costs.md'],
        '0 frames': [config, '--frames', '0'],
        'batch size 0': [config, '--throughput', '--batch-size', '0'],
    }
    if not torch.cuda.is_available():
        lines['PyTorch sees none'] = [config, '--device', 'cuda']
    for expected, args in lines.items():
        line = line_of(complexity.main, args)
        assert expected in line and '\n' not in line


def test_attention_pictures(config, vanilla, video):
    """Rows of frames and of both models; all frames in the moving ones."""
    flags = ['--compare', vanilla, '--text', 'a dog', '--frames', '5']
    flags += ['--mp4', '--gif', '--out', 'maps', '--layers', 'all']
    png, mp4, gif = attention.main([config, 'none', video, *flags])
    assert png == Path('maps/0_relevance.png')
    picture = cv2.imread(str(png))
    assert picture.shape[1] > picture.shape[0] > 100
    moving = cv2.VideoCapture(str(mp4))
    assert moving.get(cv2.CAP_PROP_FRAME_COUNT) == 5
    width = moving.get(cv2.CAP_PROP_FRAME_WIDTH)
    assert width == 3 * (192 + 4)
    with Image.open(gif) as image:
        assert image.n_frames == 5
    first = attention.main([config, 'none', video, '--out', 'maps'])
    assert len(first) == 1


def test_rollout_and_scales(vanilla, video):
    flags = ['--method', 'rollout', '--out', 'maps']
    (path,) = attention.main([vanilla, 'none', video, *flags])
    assert path == Path('maps/0_rollout.png')
    before = path.read_bytes()
    attention.main([vanilla, 'none', video, *flags, '--heads', 'max'])
    assert path.read_bytes() != before
    attention.main([vanilla, 'none', video, *flags, '--per-clip'])
    assert path.read_bytes() != before


def test_a_linear_head_knows_its_classes_only(linear, video):
    args = [linear, 'none', video, '--out', 'maps', '--text']
    for text in (CLASSES[1], '2'):
        attention.main([*args, text])
    line = line_of(attention.main, [*args, 'jumpin'])
    assert "'jumpin' is none of the 3 classes" in line
    assert 'did you mean jumping?' in line
    assert 'none of the 3' in line_of(attention.main, [*args, '3'])


def test_lines_about_attention(config, vanilla, linear, video, tmp_path):
    several = tmp_path / 'several.py'
    several.write_text(
        Path(config).read_text().replace('clip_len=2', 'clip_len=3')
    )
    base = [vanilla, 'none', video]
    lines = {
        'learns prompts.*': [*base, '--compare', config],
        'no video at gone.mp4': [vanilla, 'none', 'gone.mp4'],
        'from 0 to 1': [*base, '--layers', '2'],
        'without --compare': [*base, '--compare-checkpoint', 'a.pth'],
        'see 2 and 3 frames': [
            *base,
            '--compare',
            str(several),
            '--compare-checkpoint',
            'none',
        ],
    }
    for expected, args in lines.items():
        line = line_of(attention.main, args)
        assert expected in line and '\n' not in line
