"""Which of open_clip's architectures run, as `vlprompt models` says."""

import json

import pytest

from vlprompt.cli import models
from vlprompt.errors import UserError
from vlprompt.models.clip.verdicts import tower_names

# All with towers that are computed here, written out by hand.
RUNNING = """
ViT-B-16 ViT-B-16-plus ViT-B-16-plus-240 ViT-B-16-quickgelu
ViT-B-32 ViT-B-32-256 ViT-B-32-plus-256 ViT-B-32-quickgelu
ViT-L-14 ViT-L-14-280 ViT-L-14-336 ViT-L-14-336-quickgelu ViT-L-14-quickgelu
ViT-L-16 ViT-L-16-320 ViT-H-14 ViT-H-14-378 ViT-H-14-378-quickgelu
ViT-H-14-quickgelu ViT-H-16 ViT-g-14 ViT-e-14 ViT-bigG-14
ViT-bigG-14-quickgelu ViT-M-16 ViT-M-16-alt ViT-M-32 ViT-M-32-alt
ViT-S-16 ViT-S-16-alt ViT-S-32 ViT-S-32-alt

PE-Core-T-16-384 PE-Core-S-16-384 PE-Core-B-16 PE-Core-L-14-336
PE-Core-bigG-14-448 EVA01-g-14 EVA01-g-14-plus MobileCLIP2-L-14

ViT-B-16-SigLIP ViT-B-16-SigLIP-256 ViT-B-16-SigLIP-384 ViT-B-16-SigLIP-512
ViT-B-16-SigLIP-i18n-256 ViT-L-16-SigLIP-256 ViT-L-16-SigLIP-384
ViT-SO400M-14-SigLIP ViT-SO400M-14-SigLIP-378 ViT-SO400M-14-SigLIP-384
ViT-SO400M-16-SigLIP-i18n-256
ViT-B-16-SigLIP2 ViT-B-16-SigLIP2-256 ViT-B-16-SigLIP2-384
ViT-B-16-SigLIP2-512 ViT-B-32-SigLIP2-256 ViT-L-16-SigLIP2-256
ViT-L-16-SigLIP2-384 ViT-L-16-SigLIP2-512 ViT-SO400M-14-SigLIP2
ViT-SO400M-14-SigLIP2-378 ViT-SO400M-16-SigLIP2-256 ViT-SO400M-16-SigLIP2-384
ViT-SO400M-16-SigLIP2-512 ViT-gopt-16-SigLIP2-256 ViT-gopt-16-SigLIP2-384

ViT-L-14-worldwide ViT-L-14-worldwide-quickgelu ViT-H-14-worldwide
ViT-H-14-worldwide-quickgelu ViT-H-14-worldwide-378 ViT-bigG-14-worldwide
ViT-bigG-14-worldwide-378 ViT-L-14-CLIPA ViT-L-14-CLIPA-336 ViT-H-14-CLIPA
ViT-H-14-CLIPA-336 ViT-bigG-14-CLIPA ViT-bigG-14-CLIPA-336
"""


@pytest.mark.slow
def test_these_architectures_run():
    verdicts = models.main(['--towers'])
    assert [v.name for v in verdicts] == tower_names()
    assert {v.name for v in verdicts if v.runs} == {*RUNNING.split()}


@pytest.mark.parametrize(
    ('name', 'said'),
    [
        ('ViT-B-32-256', 'runs'),
        ('RN50x4-quick', 'its vision tower is a ModifiedResNet'),
        ('coca_base', 'it is a CoCa, with a caption decoder'),
        (
            'B-16-siglip2-384',
            'runs, no class token, texts unmasked, own tokenizer',
        ),
        ('PE-Core-B-16', 'runs'),
        ('PE-Core-big', 'runs, no class token'),
        ('eva02-b', 'its MLPs are SwiGLU'),
        ('mt5-base', "its text tower is one of Hugging Face's"),
    ],
)
def test_a_verdict_is_one_line(name, said, capsys):
    (verdict,) = models.main(['--towers', name])
    line = next(
        x for x in capsys.readouterr().out.splitlines() if verdict.name in x
    )
    assert line.endswith(f'  {said}')
    assert verdict.runs == said.startswith('runs')


def test_verdicts_for_programs(capsys):
    models.main(['--towers', '--json', 'vit-s-32'])
    shown = json.loads(capsys.readouterr().out)
    assert shown[0] == dict(name='ViT-S-32', tags=0, reason=None, notes=[])
    assert len(shown) == 2


def test_no_such_tower():
    with pytest.raises(UserError, match='no architecture has perceiver'):
        models.main(['--towers', 'perceiver', 'vit-s-32'])
