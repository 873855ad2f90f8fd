"""What the library believes of the hardware."""

import os
import platform
from argparse import Namespace
from pathlib import Path

import pytest
import torch

from vlprompt.check_env import bf16
from vlprompt.cli.classify_model import precision_of
from vlprompt.hardware import bf16_instructions, has_bf16

CPUINFO = Path('/proc/cpuinfo')
LIMIT = 'ONEDNN_MAX_CPU_ISA'


@pytest.fixture
def processor(monkeypatch):
    """Pretend that oneDNN knows bf16 and the processor has some flags."""

    def pretend(**flags):
        monkeypatch.setattr(
            torch.ops.mkldnn, '_is_mkldnn_bf16_supported', lambda: True
        )
        monkeypatch.setattr(
            torch.cpu, 'get_capabilities', lambda: flags, raising=False
        )

    return pretend


@pytest.mark.skipif(not CPUINFO.is_file(), reason='not on Linux')
@pytest.mark.skipif(LIMIT in os.environ, reason=f'{LIMIT} is set')
def test_this_processor_is_what_the_kernel_says():
    words = set(CPUINFO.read_text().split())
    named = words & {'avx512_bf16', 'amx_bf16', 'bf16'}
    assert {*bf16_instructions()} == named
    assert has_bf16('cpu') == bool(named)


def test_emulation_does_not_count(processor):
    processor(avx512_f=True, avx512_bf16=False, amx_bf16=False)
    assert not has_bf16('cpu')
    processor(avx512_f=True, avx512_bf16=True, amx_bf16=True)
    assert bf16_instructions() == ['avx512_bf16', 'amx_bf16']
    processor(neon=True, bf16=True)
    assert has_bf16(torch.device('cpu'))


def test_a_limit_to_onednn_counts(processor, monkeypatch):
    processor(avx512_bf16=True)
    monkeypatch.setattr(
        torch.ops.mkldnn, '_is_mkldnn_bf16_supported', lambda: False
    )
    assert not has_bf16('cpu')


@pytest.mark.parametrize(
    ('machine', 'flag', 'expected'),
    [
        ('x86_64', True, ['avx512_bf16']),
        ('x86_64', False, []),
        ('aarch64', False, ['bf16']),
    ],
)
def test_older_pytorch(processor, monkeypatch, machine, flag, expected):
    processor()
    monkeypatch.delattr(torch.cpu, 'get_capabilities')
    monkeypatch.setattr(platform, 'machine', lambda: machine)
    monkeypatch.setattr(torch.cpu, '_is_avx512_bf16_supported', lambda: flag)
    monkeypatch.setattr(torch.cpu, '_is_amx_tile_supported', lambda: False)
    assert bf16_instructions() == expected


@pytest.mark.parametrize('has', [True, False])
def test_gpus_are_asked_without_emulation(monkeypatch, has):
    asked = []

    def supported(including_emulation=True):
        asked.append(including_emulation)
        return has

    monkeypatch.setattr(torch.cuda, 'is_bf16_supported', supported)
    assert has_bf16('cuda:0') is has
    assert asked == [False]


def test_the_table_of_the_environment_says_it(processor):
    processor(avx512_bf16=True)
    assert next(bf16()) == ('bf16, CPU', 'avx512_bf16')
    processor()
    assert 'fp32' in next(bf16())[1]


@pytest.mark.parametrize(
    ('device', 'has', 'expected'),
    [
        ('cpu', True, 'bfloat16'),
        ('cpu', False, None),
        ('cuda:1', True, 'bfloat16'),
        ('cuda:1', False, 'float16'),
    ],
)
def test_amp_of_inference(monkeypatch, capsys, device, has, expected):
    monkeypatch.setattr('vlprompt.cli.classify_model.has_bf16', lambda _: has)
    args = Namespace(amp=True, device=device)
    assert precision_of(args) == expected
    told = 'this processor has no bf16' in capsys.readouterr().err
    assert told == (expected is None)
    assert precision_of(Namespace(amp=False, device=device)) is None
