"""Every protocol: how it is found, and what its command line becomes."""

import dataclasses
from argparse import ArgumentParser
from importlib import import_module

import pytest

from vlprompt.cli.commands import COMMANDS
from vlprompt.errors import UserError
from vlprompt.jobs.executors import SubprocessExecutor
from vlprompt.protocols import PROTOCOLS
from vlprompt.protocols.protocol import Protocol, add_arguments, make_executor

POSITIONAL = {'compare': ['a.py', 'none']}


def parsed(name, *flags):
    module, kind = PROTOCOLS[name]
    protocol = getattr(import_module(module), kind)()
    parser = ArgumentParser()
    add_arguments(parser, protocol)
    words = POSITIONAL.get(name, ['a.py'])
    return protocol, parser.parse_args([*words, *flags])


@pytest.mark.parametrize('name', PROTOCOLS)
def test_a_command_line_is_read_once_and_not_changed(name):
    protocol, args = parsed(name)
    assert isinstance(protocol, Protocol)
    assert protocol.name == name.replace('-', '_')
    assert COMMANDS[f'eval {name}'].module == PROTOCOLS[name][0]
    before = vars(args).copy()
    settings = protocol.settings(args)
    assert vars(args) == before
    stem = 'models' if name == 'compare' else 'a'
    assert settings.name == stem
    assert str(settings.out) == f'work_dirs/{protocol.name}/{stem}'
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.name = 'b'
    _, args = parsed(name, '--name=mine', '--out=there')
    settings = protocol.settings(args)
    assert (settings.name, str(settings.out)) == ('mine', 'there')


@pytest.mark.parametrize(
    ('name', 'flags', 'line'),
    [
        ('zero-shot', ['--datasets', 'kinetics400'], 'no zero-shot splits'),
        ('few-shot', ['--datasets', 'k400'], 'k400 has no few-shot lists'),
        ('base-to-novel', ['--datasets', 'k600'], 'no base and novel classes'),
        ('fully-supervised', ['--dataset', 'k600'], 'no list of all classes'),
        ('fully-supervised', ['--views', '4x2'], 'such as 4x3'),
        ('retrieval', ['--datasets', 'msvd9k'], 'did you mean msvd'),
        ('retrieval', ['--tie', 'means'], 'did you mean mean'),
        ('retrieval', ['--dsl', '0'], 'expected a temperature above 0'),
        ('retrieval', ['--v2t', 'all'], 'expected group or caption'),
        ('compare', ['--dataset', 'k600'], 'k600 has no full classes'),
    ],
)
def test_flags_that_do_not_fit_are_one_line(name, flags, line):
    protocol, args = parsed(name, *flags)
    with pytest.raises(UserError, match=line) as error:
        protocol.settings(args)
    assert '\n' not in str(error.value)


def test_where_jobs_run(tmp_path):
    _, args = parsed('zero-shot', '--jobs=3', '--gpus=2')
    executor = make_executor(args, tmp_path)
    assert isinstance(executor, SubprocessExecutor)
    assert (executor.slots, executor.processes) == (3, 2)
    command = executor.command(['train', 'a.py'])
    assert command[1:] == ['-m', 'vlprompt', 'train', 'a.py', '--gpus=2']
    for flags, line in (
        (['--jobs=0'], '--jobs 0, expected at least 1'),
        (['--slurm-options', 'mem_gb=1'], '--slurm-options without --slurm'),
    ):
        _, args = parsed('zero-shot', *flags)
        with pytest.raises(UserError, match=line):
            make_executor(args, tmp_path)


def test_further_scores_of_retrieval_have_rows_and_a_note():
    """They stand below the model's own, which they never replace."""
    protocol, args = parsed('retrieval', '--dsl=1')
    settings = protocol.settings(args)
    assert settings.dsl == 1
    ways = ('t2v', 'v2t', 'own_caption/t2v', 'own_caption/v2t', 'dsl/t2v')
    names = ('R1', 'R5', 'R10', 'MdR', 'MnR')
    values = {f'{way}/{name}': 1.0 for way in ways for name in names}
    values |= {f'dsl/v2t/{name}': 2.0 for name in names}
    metrics = {'a/test': {**values, 'captions': 2.0, 'truncated': 0.0}}
    (table,) = protocol.tables(settings, metrics)
    assert [row[0] for row in table.rows] == [
        'a, text to video',
        'a, video to text',
        'a, text to video, videos pooled by their own captions',
        'a, video to text, videos pooled by their own captions',
        'a, text to video, dual softmax over all queries',
        'a, video to text, dual softmax over all queries',
    ]
    notes = '\n'.join(protocol.notes(settings, [], metrics))
    assert 'tell the gallery what is asked for' in notes
    assert 'dual softmax (temperature 1) knows the queries' in notes
