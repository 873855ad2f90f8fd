"""Configs that documents, headers, code and tests name are there."""

import re
import subprocess

import pytest

NAMED = re.compile(r'(?:configs/|vlprompt::)([a-z0-9_]+/[a-z0-9_]+\.py)\b')
# These are about names that are no more.
OLD = ('CHANGELOG.md', 'renamed_configs.py', 'test_renamed.py')


@pytest.fixture(scope='module')
def texts(repository):
    listed = subprocess.run(
        ['git', 'ls-files', '-co', '--exclude-standard'],
        cwd=repository,
        capture_output=True,
        text=True,
    )
    paths = [repository / line for line in listed.stdout.splitlines()]
    if not paths:
        pytest.skip('not a git checkout')
    return {
        path: path.read_text()
        for path in paths
        if path.suffix in ('.md', '.py', '.sh', '.yml')
        and path.is_file()
        and path.name not in OLD
    }


def test_every_config_that_is_named_exists(texts, repository):
    named = {
        (str(path.relative_to(repository)), config)
        for path, text in texts.items()
        for config in NAMED.findall(text)
    }
    assert len(named) > 100
    gone = [
        (path, config)
        for path, config in sorted(named)
        if not (repository / 'configs' / config).is_file()
    ]
    assert gone == []


def test_a_config_names_the_bases_it_has(repository):
    for path in (repository / 'configs').rglob('*.py'):
        bases = re.findall(r"'([\w./]+\.py)'", path.read_text())
        for base in bases:
            assert (path.parent / base).is_file(), f'{path.name}: {base}'


def test_configs_are_few(repository):
    """Data sets, pipelines and protocols compose: 212 of 11 were too many."""
    methods = [*(repository / 'configs').glob('*/README.md')]
    files = [*(repository / 'configs').rglob('*.py')]
    assert len(files) <= 150 / 11 * len(methods)
