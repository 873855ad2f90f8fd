"""What `--help` shows, how little it takes, and what wrong words get."""

import importlib
import json
import os
import re
import shlex
import subprocess
import sys
from argparse import Namespace

import pytest
from blocked import HEAVY, run, vlprompt

from vlprompt.cli.commands import COMMANDS, FAMILIES, GROUPS
from vlprompt.cli.dispatch import overview, start
from vlprompt.cli.parsing import make_parser
from vlprompt.errors import UserError
from vlprompt.version import __version__

# Every command's --help, one after the other.
ALL_HELP = """
import contextlib, io, json
from vlprompt.cli.commands import COMMANDS
from vlprompt.cli.dispatch import start
shown = {}
for name in COMMANDS:
    with contextlib.redirect_stdout(io.StringIO()) as out:
        try:
            start([*name.split(), '--help'])
        except SystemExit as end:
            assert not end.code
    shown[name] = out.getvalue()
print(json.dumps(shown))
"""
# What the first screen must not wait for.
LOADED = f"""
import contextlib, io
from vlprompt.cli.dispatch import start
with contextlib.redirect_stdout(io.StringIO()):
    start(['--help'])
print(sorted({{*{HEAVY}, 'rich', 'yaml'}} & set(sys.modules)))
"""


@pytest.fixture(scope='module')
def shown():
    """The help of every command, where nothing heavy is installed."""
    done = run(ALL_HELP)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize('words', [(), ('--help',), ('help',)])
def test_the_first_screen_lists_all_commands(words):
    done = vlprompt(*words)
    assert (done.returncode, done.stderr) == (0, '')
    for title, group in GROUPS.items():
        assert f'\n{title}:\n' in done.stdout
        for command in group:
            assert f'{command.purpose}\n' in done.stdout
    assert all(len(line) < 80 for line in done.stdout.splitlines())


def test_the_first_screen_imports_nothing_heavy():
    assert run(LOADED, missing=()).stdout == '[]\n'


@pytest.mark.parametrize('name', COMMANDS)
def test_help_begins_with_a_sentence_and_an_example(shown, name):
    purpose, empty, example, *rest = shown[name].splitlines()
    assert purpose == COMMANDS[name].purpose and purpose.endswith('.')
    assert empty == ''
    assert example.startswith(f'    vlprompt {name}')
    assert any(line.startswith(f'usage: vlprompt {name} ') for line in rest)


@pytest.mark.parametrize('name', COMMANDS)
def test_the_example_can_be_typed(name):
    importlib.import_module(COMMANDS[name].module)
    parser = make_parser(COMMANDS[name].module)
    example = parser.example.replace('\\\n', ' ')
    program, *words = shlex.split(example)
    assert program == 'vlprompt'
    assert words[: len(name.split())] == name.split()
    parsed = parser.parse_args(words[len(name.split()) :])
    assert isinstance(parsed, Namespace)


@pytest.mark.parametrize('family', sorted(FAMILIES - {'models'}))
def test_a_family_lists_its_commands(family, capsys):
    start([family, '--help'])
    listed = capsys.readouterr().out
    assert listed.strip() == overview(family)
    for name, command in COMMANDS.items():
        assert (command.purpose in listed) == name.startswith(f'{family} ')
    with pytest.raises(SystemExit) as ended:  # nothing was done
        start([family])
    assert ended.value.code == 2
    assert capsys.readouterr().out == listed


@pytest.mark.parametrize(
    ('words', 'suggested'),
    [
        (['trian', 'a.py'], "'trian'; did you mean train?"),
        (['tsne'], "'tsne'; did you mean analyze tsne?"),
        (['zero_shot', 'a.py'], 'did you mean eval zero-shot?'),
        (['eval', 'zero-shto'], "'eval zero-shto'; did you mean eval zero-"),
        (['dta', 'check'], 'did you mean data?'),
        (['data', 'checks'], 'did you mean data check'),
        (['quite', 'another'], "'quite' (`vlprompt --help` lists all)"),
    ],
)
def test_an_unknown_word_gets_near_matches(words, suggested):
    with pytest.raises(UserError) as caught:
        start(words)
    assert suggested in str(caught.value)


def test_an_unknown_word_is_one_line_and_exit_code_2():
    done = vlprompt('trian')
    assert (done.returncode, done.stdout) == (2, '')
    (line,) = done.stderr.splitlines()
    assert line.startswith("error: unknown command 'trian'; did you mean")


def test_version(capsys):
    start(['--version'])
    assert capsys.readouterr().out == f'vlprompt {__version__}\n'


def test_the_environment_is_shown_where_packages_are_missing():
    """Also where rich is missing, and MMAction2 but not torch."""
    for missing in (HEAVY, (*HEAVY, 'rich'), ('mmaction',)):
        done = vlprompt('env', missing=missing)
        assert 'mmengine' in done.stdout, done.stderr
        assert 'Traceback' not in done.stderr


def test_a_missing_package_is_one_line():
    done = vlprompt('train', 'configs/vilt/vilt_toy.py', missing=('torch',))
    assert done.returncode == 2
    line = done.stderr.splitlines()[-1]
    assert line.startswith("error: No module named 'torch")
    assert line.endswith('(`vlprompt env` says how to fix that)')
    assert 'Traceback' not in done.stderr


def test_the_page_of_commands_has_every_command(repository):
    text = (repository / 'docs/commands.md').read_text()
    for name in COMMANDS:
        family, _, member = name.partition(' ')
        several = rf'vlprompt {family} \{{[^}}]*\b{member}\b[^}}]*\}}'
        assert re.search(rf'`vlprompt {name}\b|{several}', text), name


@pytest.mark.parametrize('words', ['', 'models', 'data'])
def test_the_reader_of_the_output_may_leave(words, repository):
    """As `head` does; nothing is said, and the shell sees a cut pipe."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [sys.executable, '-m', 'vlprompt', *words.split()],
        stdout=writer,
        stderr=subprocess.PIPE,
        cwd=repository,
        text=True,
    )
    os.close(writer)
    assert (done.stderr, done.returncode) == ('', 141)
