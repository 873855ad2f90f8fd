"""Headers and READMEs say what the CSV of published numbers says."""

import re

import pytest
from config_files import CONFIGS, FOLDER, is_toy, offenders

from tools.metafiles.documents import (
    CONDITIONS,
    PUBLISHED,
    name_of,
    rewrite_header,
    rewrite_readme,
)
from tools.metafiles.entries import sizes_in
from tools.metafiles.published import fields, sentence
from vlprompt.protocols.published import (
    PublishedNumber,
    published_for,
    read_published,
)

READMES = sorted(FOLDER.glob('*/README.md'))
PROTOCOLS = (
    'ablation',
    'base_to_novel',
    'few_shot',
    'fully_supervised',
    'fusion_ablation',
    'retrieval',
    'zero_shot',
)


def number(dataset, metric, value, setting='', std=None, source='A T1'):
    return PublishedNumber(
        'few_shot', dataset, setting, 'A', metric, value, std, source
    )


def header_of(path):
    return re.match(r'"""(.*?)"""', path.read_text(), re.S)[1]


def test_a_sentence_joins_what_data_sets_share():
    shots = [(f'K={k} 32f', k) for k in (2, 16)]
    rows = [
        number(dataset, 'top1', 50 + k, setting)
        for dataset in ('hmdb51', 'ssv2')
        for setting, k in shots
    ]
    assert sentence(rows) == (
        'HMDB-51 52.0 / 66.0, SSv2 52.0 / 66.0 top-1 with 2 / 16 shots (A T1)'
    )
    rows = [
        number('hmdb51', 'base', 70.25, std=1.5),
        number('hmdb51', 'novel', 50),
        number('k400', 'base', 80.5, source='B T2'),
    ]
    assert sentence(rows) == (
        'HMDB-51 70.25 +- 1.5 base, 50.0 novel (A T1); K-400 80.5 base (B T2)'
    )
    assert sentence([number('ssv2', 'gflops_per_view', 97)]) == ''


def test_fields_are_one_for_each_data_set_and_setting():
    rows = [
        number('k400', 'top1', 80.0, '16f 4x3'),
        number('k400', 'top5', 95.0, '16f 4x3'),
        number('k400', 'top1', 79.0, '8f 4x3'),
    ]
    first, second = fields(rows)
    assert first['Metrics'] == {'Top 1 Accuracy': 80, 'Top 5 Accuracy': 95}
    assert first['Setting'] == '16f 4x3'
    assert second['Metrics'] == {'Top 1 Accuracy': 79}


def test_every_config_that_the_csv_names_exists():
    named = {
        config
        for protocol in PROTOCOLS
        for row in read_published(protocol)
        for config in row.configs
    }
    assert named - {name_of(path) for path in CONFIGS} == set()
    assert len(named) > 35


def test_headers_have_the_published_numbers():
    wrong = [p.stem for p in CONFIGS if rewrite_header(p) != p.read_text()]
    assert wrong == [], 'run: python -m tools.metafiles'


def test_a_header_without_published_numbers_has_none_of_its_own():
    def check(path):
        found = PUBLISHED.search(path.read_text())
        if not published_for(name_of(path)):
            assert is_toy(path) or found[0].startswith('Published: nothing')
            assert not re.search(r'\d', found[0] if found else '')

    assert offenders(check) == {}


def test_headers_say_what_whose_how_and_what_to_expect():
    def check(path):
        header = header_of(path)
        for key in ('What', 'Whose', 'Run'):
            assert re.search(rf'^{key}: ', header, re.M), f'no {key}'
        expected = 'Measured' if is_toy(path) else 'Published'
        assert re.search(rf'^{expected}: ', header, re.M), f'no {expected}'
        command = re.search(r'^Run: (.+)', header, re.M)[1]
        assert f'configs/{name_of(path)}.py' in command, command

    assert offenders(check) == {}


@pytest.mark.parametrize('path', READMES, ids=lambda path: path.parent.name)
def test_readmes_have_the_numbers(path):
    learned = {
        stem: size.learned for stem, size in sizes_in(path.parent).items()
    }
    text = path.read_text()
    assert rewrite_readme(path, learned) == text, (
        'run: python -m tools.metafiles'
    )
    assert f'| published | {CONDITIONS} |' in text or '| published' not in text
    missing = [
        config.stem
        for config in path.parent.glob('*.py')
        if not is_toy(config) and f'| `{config.stem}` |' not in text
    ]
    assert missing == []
