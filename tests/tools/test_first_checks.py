"""What is missing is named before a CLIP is made or downloaded."""

import importlib.util
from pathlib import Path

import open_clip
import pytest
import torch
from commands import line_of, test_tool, train_tool

from vlprompt.apis import init_recognizer
from vlprompt.cli import convert
from vlprompt.hardware import check_device

DATA = 'dataloader.dataset'


@pytest.fixture(autouse=True)
def no_clip(monkeypatch):
    def fail(*args, **kwargs):
        raise AssertionError('a CLIP was made')

    monkeypatch.setattr(open_clip, 'CustomTextCLIP', fail)


@pytest.mark.parametrize(
    ('option', 'expected'),
    [
        (f'train_{DATA}.ann_file=gone.txt', 'no list at gone.txt'),
        (f'val_{DATA}.ann_file=gone.txt', 'no list at gone.txt'),
        (f'val_{DATA}.classes=gone.csv', 'gone.csv'),
        (f'train_{DATA}.data_prefix.video=x', 'no folder of videos at x'),
        ('model.clip.pretrained=x.pt', 'no file of CLIP weights at x.pt'),
        ('model.clip.finetuned=gone.pth', 'weights at gone.pth'),
        ('load_from=gone.pth', 'no checkpoint at gone.pth'),
    ],
)  # fmt: skip
def test_training(config, option, expected):
    line = line_of(train_tool.main, [config, '--cfg-options', option])
    assert expected in line


@pytest.mark.parametrize(
    ('option', 'expected'),
    [
        (f'test_{DATA}.ann_file=gone.txt', 'no list at gone.txt'),
        (f'test_{DATA}.classes=gone.csv', 'gone.csv'),
        ('model.clip.pretrained=/gone', 'no file of CLIP weights at /gone'),
    ],
)
def test_testing(config, option, expected):
    line = line_of(test_tool.main, [config, 'none', '--cfg-options', option])
    assert expected in line
    line = line_of(test_tool.main, [config, 'gone.pth'])
    assert line == 'no checkpoint at gone.pth'


@pytest.mark.parametrize('tool', [train_tool, test_tool])
def test_where_nothing_can_be_written(config, tool):
    Path('file').touch()
    words = [config] if tool is train_tool else [config, 'none']
    line = line_of(tool.main, [*words, '--work-dir', 'file'])
    assert line == 'file: a file, expected a folder'
    line = line_of(tool.main, [*words, '--work-dir', 'file/out'])
    assert line == 'file/out: a part of this path is a file, expected a folder'
    line = line_of(tool.main, [*words, '--work-dir', '/proc/out'])
    assert line.startswith('/proc/out: no such file')


def test_where_predictions_cannot_be_written(config):
    Path('file').touch()
    words = [config, 'none', '--dump', 'file/scores.pkl']
    assert 'expected a folder' in line_of(test_tool.main, words)


def test_a_package_of_the_pipeline(config, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        'find_spec',
        lambda name, *args: None if name == 'decord' else find(name, *args),
    )
    option = f'train_{DATA}.pipeline.0.type=DecordInit'
    line = line_of(train_tool.main, [config, '--cfg-options', option])
    assert "pip install 'vlprompt[video]'" in line


def test_inference(config):
    assert 'gone.pth' in line_of(init_recognizer, config, 'gone.pth')
    if not torch.cuda.is_available():
        line = line_of(init_recognizer, config, 'none', 'cuda')
        assert 'a GPU is asked for and PyTorch sees none' in line
    assert 'expected such as "cpu"' in line_of(check_device, 'gpu')


def test_fewer_gpus_than_asked_for(monkeypatch):
    monkeypatch.setattr(torch.cuda, 'is_available', lambda: True)
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 2)
    assert check_device('cuda:1') is None
    line = line_of(check_device, 'cuda:2')
    assert line == 'cuda:2: 2 GPUs visible, counted from 0'
    monkeypatch.setattr(torch.cuda, 'device_count', lambda: 1)
    line = line_of(check_device, 'cuda:1')
    assert line == 'cuda:1: 1 GPU visible, counted from 0'


def test_converting_to_where_nothing_can_be_written():
    Path('file').touch()
    words = ['vita', 'gone.pth', 'file/out.pth']
    assert 'expected a folder' in line_of(convert.main, words)
