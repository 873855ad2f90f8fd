"""What the repository must and must not contain."""

import re
import subprocess

import pytest

FORBIDDEN = {
    'a package index': r'index-url|find-links|pypi\.org|files\.pythonhosted',
    'a path of one machine': r'(?<![\w.~])/(work|tmp|root|home)/\w',
    'unsafe loading': r'weights_only=(?:F)alse',
    'loading in part': r'^(?!.*\bzip\().*strict=(?:F)alse',
    'a bare except': r'except\s*:',
}


@pytest.fixture(scope='module')
def files(repository):
    listed = subprocess.run(
        ['git', 'ls-files'], cwd=repository, capture_output=True, text=True
    )
    paths = [repository / line for line in listed.stdout.splitlines()]
    if not paths:
        pytest.skip('not a git checkout')
    ours = ('.py', '.sh', '.md', '.txt', '.toml', '.yml', '.yaml', '.in')
    return {p: p.read_text() for p in paths if p.suffix in ours and p.exists()}


@pytest.mark.parametrize('what', FORBIDDEN)
def test_nothing_forbidden_is_committed(files, what):
    found = [
        f'{path}: {line.strip()}'
        for path, text in files.items()
        for line in text.splitlines()
        if re.search(FORBIDDEN[what], line)
        and path.name != 'test_packaging.py'
    ]
    assert not found


def test_files_stay_small(repository, files):
    """By path: many files have the name of another."""
    sizes = {
        str(path.relative_to(repository)): len(text.splitlines())
        for path, text in files.items()
        if path.suffix == '.py'
    }
    large = {
        name: size
        for name, size in sizes.items()
        if size > 250 and name.startswith(('vlprompt/', 'tools/'))
    }
    assert large == {}


def test_commits_are_checked_by_the_pinned_versions(repository):
    hooks = (repository / '.pre-commit-config.yaml').read_text()
    pins = (repository / 'requirements/constraints-py311.txt').read_text()
    for package in ('ruff', 'codespell'):
        (used,) = re.findall(rf'{package}\S*\n +rev: v(\S+)', hooks)
        assert f'{package}=={used}\n' in pins


def test_every_link_in_the_docs_leads_somewhere(files):
    broken = []
    for path, text in files.items():
        if path.suffix != '.md':
            continue
        for target in re.findall(r'\]\(([^)#\s]+)', text):
            if '://' not in target and not (path.parent / target).exists():
                broken.append(f'{path}: {target}')
    assert not broken
