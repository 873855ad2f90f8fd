"""tools/*.py are the commands under the names that MMAction2's users type."""

import re
import runpy
import sys

import pytest

from vlprompt import analysis, converters
from vlprompt.analysis import attention, throughput
from vlprompt.cli import (
    analyze_attention,
    analyze_complexity,
    analyze_tsne,
    convert,
    data_retrieval,
    toy_world,
)
from vlprompt.cli.commands import COMMANDS
from vlprompt.toy.world import World

TOOLS = {
    'train': 'train',
    'test': 'test',
    'quickstart': 'demo',
    'zoo_toy': 'toy zoo',
    'analysis/attention': 'analyze attention',
    'analysis/complexity': 'analyze complexity',
    'analysis/confusion': 'analyze confusion',
    'analysis/mmaction2': 'analyze mmaction2',
    'analysis/tsne': 'analyze tsne',
    'convert/openai_clip': 'convert',
    'convert/release': 'convert',
    'data/cache_frames': 'data cache',
    'data/check_videos': 'data check',
    'data/convert_retrieval': 'data retrieval',
    'data/make_splits': 'data split',
    'data/make_toy_world': 'toy world',
    'eval/base_to_novel': 'eval base-to-novel',
    'eval/compare': 'eval compare',
    'eval/few_shot': 'eval few-shot',
    'eval/fully_supervised': 'eval fully-supervised',
    'eval/retrieval': 'eval retrieval',
    'eval/zero_shot': 'eval zero-shot',
}
# Ways to files outside of the package, and to modules past the import system.
REACHES_OUT = re.compile(
    r'sys\.path\.(insert|append)|spec_from_file_location'
    r'|docs/|(?<!mim/)\btools/'
)


@pytest.mark.parametrize('tool', TOOLS)
def test_a_tool_is_a_command(tool, repository, monkeypatch, capsys):
    path = repository / f'tools/{tool}.py'
    assert len(path.read_text().splitlines()) < 12
    monkeypatch.setattr(sys, 'argv', [str(path), '--help'])
    with pytest.raises(SystemExit) as ended:
        runpy.run_path(str(path), run_name='__main__')
    assert not ended.value.code
    shown = capsys.readouterr().out
    assert shown.startswith(f'{COMMANDS[TOOLS[tool]].purpose}\n')


def test_there_are_no_other_tools(repository):
    """But those that are about the library, which are packages."""
    folder = repository / 'tools'
    paths = {path.relative_to(folder) for path in folder.rglob('*.py')}
    commands = {
        path.with_suffix('').as_posix()
        for path in paths
        if 'run_command(' in (folder / path).read_text()
        and path.stem != '__main__'
        and path.parts[0] != 'benchmark'
    }
    assert commands == {*TOOLS}


def test_the_package_does_not_reach_out_of_itself(repository):
    found = [
        f'{path.name}: {line.strip()}'
        for path in (repository / 'vlprompt').rglob('*.py')
        for line in path.read_text().splitlines()
        if REACHES_OUT.search(line)
    ]
    assert found == []


def test_every_module_of_a_command_is_in_the_table(repository):
    modules = {
        f'vlprompt.{folder}.{path.stem}'
        for folder in ('cli', 'protocols')
        for path in (repository / 'vlprompt' / folder).glob('*.py')
        if '\nEXAMPLE = ' in path.read_text()
    }
    assert modules == {command.module for command in COMMANDS.values()}


def test_choices_are_those_of_the_library():
    """The commands repeat them, to show their help without importing it."""
    assert set(analyze_tsne.FEATURES) == set(analysis.FEATURES)
    assert analyze_attention.HEADS == attention.HEADS
    assert analyze_complexity.DTYPES == throughput.DTYPES
    kinds = {'openai', *converters.KINDS, 'vlprompt'}
    assert set(convert.KINDS) == kinds
    world = World()
    for name, value in toy_world.WORLD.items():
        assert value == getattr(world, name)


def test_the_sets_of_retrieval_have_a_module_each(repository):
    folder = repository / 'vlprompt/retrieval_lists'
    modules = {path.stem for path in folder.glob('[!_]*.py')} - {'files'}
    assert set(data_retrieval.SETS) == modules
