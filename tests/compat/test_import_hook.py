"""When remedies are applied: with packages made for it."""

import importlib
import importlib.util
import subprocess
import sys
import threading

import pytest

from vlprompt.compat.import_hook import RemedyFinder
from vlprompt.compat.remedy import Remedy
from vlprompt.errors import UserError

EARLY = """
import sys
import {first}
import {second}
import mmaction.models, mmaction.datasets.transforms, mmaction.engine.hooks
from vlprompt.compat import FINDER, REMEDIES
names = {{r.name for r in FINDER.applied}}
assert 'mmcv_lite_warning' in names or 'mmcv._ext' in sys.modules
assert {{'missing_drn', 'color_jitter', 'visualization_hook'}} <= names
from mmengine.runner import Runner
assert not hasattr(Runner.save_checkpoint, '__wrapped__')
print('repaired')
"""


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package ``broken`` whose module ``part`` has a fault."""
    folder = tmp_path / 'broken'
    folder.mkdir()
    (folder / '__init__.py').write_text('')
    (folder / 'part.py').write_text(
        'import sys\nREADY = "broken_need" in sys.modules\nVALUE = 1\n'
    )
    monkeypatch.syspath_prepend(tmp_path)
    yield folder
    for name in ('broken', 'broken.part', 'broken_need'):
        sys.modules.pop(name, None)


@pytest.fixture
def finder(monkeypatch):
    """Makes finders that are forgotten afterwards."""
    monkeypatch.setattr(sys, 'meta_path', list(sys.meta_path))
    return lambda *remedies: RemedyFinder(remedies)


def provide():
    sys.modules['broken_need'] = sys


def repair():
    sys.modules['broken.part'].VALUE += 1


def remedy(needed=True, apply=repair, **when):
    return Remedy('broken', 'it is', lambda: needed, 'leave it', apply, **when)


def part():
    return importlib.import_module('broken.part')


def test_before_and_after_the_code_of_a_module(package, finder):
    before, after = (
        remedy(apply=provide, before='broken.part'),
        remedy(after='broken.part'),
    )
    made = finder(before, after)
    made.install()
    importlib.import_module('broken')
    assert not made.applied
    assert part().READY
    assert part().VALUE == 2
    assert made.applied == {before, after}


def test_what_is_imported_already_is_repaired_at_once(package, finder):
    part()
    finder(remedy(after='broken.part')).install()
    assert part().VALUE == 2


def test_a_module_that_is_loaded_again_is_repaired_again(package, finder):
    finder(remedy(after='broken.part')).install()
    importlib.reload(part())
    assert part().VALUE == 2


def test_nothing_is_applied_where_it_is_not_needed(package, finder):
    made = finder(remedy(needed=False, after='broken.part'))
    made.install()
    assert part().VALUE == 1
    assert not made.applied


def test_to_look_for_a_module_applies_nothing(package, finder):
    made = finder(remedy(after='broken.part'))
    made.install()
    assert importlib.util.find_spec('broken.part').origin
    assert not made.applied
    assert part().VALUE == 2


def test_the_source_and_the_loader_stay_what_they_are(package, finder):
    import inspect

    finder(remedy(after='broken.part')).install()
    assert 'READY' in inspect.getsource(part())
    assert type(part().__spec__.loader).__name__ == 'SourceFileLoader'


def test_threads_that_import_it_at_once_repair_it_once(package, finder):
    finder(remedy(after='broken.part')).install()
    threads = [threading.Thread(target=part) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert part().VALUE == 2


def test_beside_another_finder_that_asks_all_finders(package, finder):
    """As other libraries that patch imports do."""

    class Other:
        asked = False

        def find_spec(self, name, path=None, target=None):
            if name != 'broken.part' or self.asked:
                return None
            self.asked = True
            return importlib.util.find_spec(name)

    for position in (0, 1):
        made = finder(remedy(after='broken.part'))
        made.install()
        sys.meta_path.insert(position, Other())
        sys.modules.pop('broken.part', None)
        assert part().VALUE >= 2
        sys.meta_path[:] = [f for f in sys.meta_path if f is not made]


def test_a_remedy_that_fails_does_not_break_the_import(package, finder):
    def fail():
        raise AttributeError('gone')

    finder(remedy(apply=fail, after='broken.part')).install()
    with pytest.warns(RuntimeWarning, match='broken: it is.*gone'):
        assert part().VALUE == 1


def test_what_cannot_be_repaired_is_one_line_when_it_is_met(package, finder):
    finder(remedy(apply=None, before='broken.part')).install()
    with pytest.raises(UserError, match='^broken: it is; leave it$'):
        part()


def test_a_module_that_is_not_there_stays_an_import_error(package, finder):
    finder(remedy(after='broken.nowhere')).install()
    with pytest.raises(ModuleNotFoundError, match='broken.nowhere'):
        importlib.import_module('broken.nowhere')


@pytest.mark.slow
@pytest.mark.parametrize(
    'order',
    [
        ('vlprompt', 'mmaction'),
        ('mmaction.registry, mmengine.runner, mmengine.hub', 'vlprompt'),
        ('vlprompt.registry', 'vlprompt.models'),
    ],
    ids=['first', 'late', 'inside'],
)
def test_mmaction2_is_repaired_in_any_order(repository, order):
    """Late: as with MMAction2's tools, which import it before our config."""
    program = EARLY.format(first=order[0], second=order[1])
    done = subprocess.run(
        [sys.executable, '-W', 'error::RuntimeWarning', '-c', program],
        capture_output=True,
        text=True,
        cwd=repository,
    )
    assert done.stdout.strip() == 'repaired', done.stderr


@pytest.mark.slow
def test_a_worker_that_is_spawned_is_repaired(repository):
    """It unpickles a data set of ours, and imports nothing else."""
    program = (
        'import pickle, sys\n'
        'from vlprompt.datasets import VideoClassDataset\n'
        'sys.stdout.buffer.write(pickle.dumps(VideoClassDataset))\n'
    )
    worker = (
        'import pickle, sys\n'
        'pickle.load(sys.stdin.buffer)\n'
        'from mmaction.datasets.transforms import ColorJitter\n'
        'print(ColorJitter.adjust_hue.__module__)\n'
    )
    pickled = subprocess.check_output(
        [sys.executable, '-c', program], cwd=repository
    )
    done = subprocess.run(
        [sys.executable, '-c', worker],
        input=pickled,
        capture_output=True,
        cwd=repository,
    )
    assert done.stdout.strip() == b'vlprompt.compat.color_jitter', done.stderr
