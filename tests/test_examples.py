"""The examples of the docstrings, run as they stand."""

import doctest
import importlib
import pkgutil

import pytest

import vlprompt

# What a program of one's own begins with: each shows how.
ENTRY_POINTS = (
    'vlprompt.analysis.complexity.count_parameters',
    'vlprompt.apis.config.load_config',
    'vlprompt.apis.inference.init_recognizer',
    'vlprompt.apis.video_classifier.VideoClassifier',
    'vlprompt.apis.video_embedder.VideoEmbedder',
    'vlprompt.datasets.lists.class_names.class_names_of',
    'vlprompt.datasets.lists.class_names.load_class_names',
    'vlprompt.datasets.lists.path_resolver.PathResolver',
    'vlprompt.datasets.readers.video_reader.VideoReader',
    'vlprompt.models.clip.loader.load_clip',
    'vlprompt.models.texts.template.Template',
    'vlprompt.protocols.published.read_published',
    'vlprompt.tables.Table',
)


def find_examples() -> dict[str, doctest.DocTest]:
    """Every docstring of the package that has an example."""
    found = {}
    for info in pkgutil.walk_packages(vlprompt.__path__, 'vlprompt.'):
        if info.name.endswith('__main__'):
            continue
        module = importlib.import_module(info.name)
        for test in doctest.DocTestFinder().find(module, info.name):
            if test.examples:
                found[test.name] = test
    return found


@pytest.fixture(scope='module')
def examples():
    return find_examples()


@pytest.fixture(scope='module')
def demo_folder(tmp_path_factory):
    """A folder with a small toy world, as after ``vlprompt demo``."""
    from vlprompt.cli import toy_world

    folder = tmp_path_factory.mktemp('demo')
    root = folder / 'data/toy'
    toy_world.main([f'--root={root}', '--num-train=1', '--num-val=1'])
    return folder


def test_entry_points_have_examples(examples):
    assert not [name for name in ENTRY_POINTS if name not in examples]


@pytest.mark.slow
def test_examples_give_what_they_say(examples, demo_folder, monkeypatch):
    monkeypatch.chdir(demo_folder)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    reports: list[str] = []
    for test in examples.values():
        runner.run(test, out=reports.append)
    assert not reports, ''.join(reports)
    assert runner.tries >= len(ENTRY_POINTS)
