"""How the modules of the package depend on each other."""

from graphlib import CycleError, TopologicalSorter

import pytest

from tools.draw_packages import measure_modules, measure_packages


def test_no_modules_import_each_other():
    """Imports inside functions count; those for annotations do not."""
    modules = measure_modules()
    assert len(modules) > 200
    assert 'vlprompt.models.features' in modules['vlprompt.models.text_bank']
    [*TopologicalSorter(modules).static_order()]


def test_a_cycle_would_be_found():
    with pytest.raises(CycleError):
        [*TopologicalSorter({'a': {'b'}, 'b': {'a'}}).static_order()]


def test_what_models_and_data_sets_are_made_of_knows_nothing_above():
    packages = measure_packages()
    above = {'apis', 'cli', 'engine', 'jobs', 'protocols', 'toy'}
    for low in ('models', 'datasets', 'errors', 'registry', 'tables'):
        assert not packages[low] & above, low


def test_only_what_runs_commands_knows_the_command_line():
    """A job is a command line, and toy and protocols are made of them."""
    packages = measure_packages()
    users = {part for part, others in packages.items() if 'cli' in others}
    assert users == {'jobs', 'protocols', 'toy'}
