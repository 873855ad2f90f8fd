"""What is required, and that it is what is imported."""

import ast
import re
import sys
from importlib.metadata import requires

import pytest

from vlprompt.compat.versions import TESTED

NAMES = {
    'PIL': 'pillow',
    'cv2': 'opencv-python',
    'faiss': 'faiss-cpu',
    'mmaction': 'mmaction2',
    'mmcv': 'mmcv-lite',
    'open_clip': 'open_clip_torch',
    'sklearn': 'scikit-learn',
    'yaml': 'pyyaml',
}
# MMAction2's, which has to be of the version of the other one.
NOT_IMPORTED = {'opencv-contrib-python'}
# Used where they are, and never asked for; three come with Gradio.
IF_INSTALLED = {'transformers', 'fastapi', 'starlette', 'uvicorn'}
DEVELOPERS = (
    'constraints-py311',
    'docs',
    'lint',
    'tests',
    'without-decord',
)


@pytest.fixture(scope='module')
def required(repository):
    """The lines of each file of requirements, by name."""
    return {
        file.stem: [
            line
            for line in file.read_text(encoding='utf-8').splitlines()
            if line and not line.startswith('#')
        ]
        for file in (repository / 'requirements').glob('*.txt')
    }


def package(line):
    return re.match(r'[\w-]+', line)[0]


def packages(lines):
    return {package(line) for line in lines}


def imports(repository):
    """Other packages that ours imports: name, and whether at once."""
    for file in (repository / 'vlprompt').rglob('*.py'):
        tree = ast.parse(file.read_text(encoding='utf-8'))
        for node in ast.walk(tree):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names = [node.module]
            for name in names:
                top = name.partition('.')[0]
                if top != 'vlprompt' and top not in sys.stdlib_module_names:
                    yield NAMES.get(top, top), node in tree.body, file


def test_the_tested_versions_are_the_pinned_ones(required):
    pins = dict(line.split('==') for line in required['constraints-py311'])
    for name, version in TESTED.items():
        assert pins[name] == version


def test_every_requirement_is_pinned(required):
    pins = {name.lower() for name in packages(required['constraints-py311'])}
    for name in ('runtime', 'tests', 'lint'):
        wanted = {p.lower() for p in packages(required[name])}
        assert wanted - pins == set()


def test_what_is_imported_is_required(repository, required):
    at_once = packages(required['runtime'])
    extras = [n for n in required if n not in DEVELOPERS]
    ever = set().union(*(packages(required[name]) for name in extras))
    for name, first, file in imports(repository):
        known = at_once if first else ever | IF_INSTALLED
        assert name in known | {'setuptools'}, (name, file)


def test_what_is_required_is_imported(repository, required):
    imported = {name for name, _, _ in imports(repository)}
    unused = packages(required['runtime']) - imported
    assert unused == NOT_IMPORTED


def test_both_opencvs_are_in_one_range(required):
    ranges = {
        re.sub(r'^[\w-]+', '', line)
        for line in required['runtime']
        if line.startswith('opencv')
    }
    assert ranges == {'==5.0.*'}


def test_gradio_can_be_installed_beside_the_pins(required):
    (pin,) = (p for p in required['constraints-py311'] if 'pillow' in p)
    assert int(re.search(r'==(\d+)', pin)[1]) < 13  # Gradio 6


def test_the_list_without_decord_is_the_other_one_without_it(required):
    theirs = packages(r for r in requires('mmaction2') if 'extra' not in r)
    expected = packages(required['runtime']) | {t.lower() for t in theirs}
    expected -= {'decord', 'mmaction2'}
    assert packages(required['without-decord']) == expected
    kept = [
        line
        for line in required['without-decord']
        if package(line) in packages(required['runtime'])
    ]
    assert set(kept) <= set(required['runtime'])
