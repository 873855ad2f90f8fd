"""Programs, run from the root of the repository, and commands run here."""

import io
import subprocess
import sys
from argparse import ArgumentParser
from contextlib import redirect_stdout
from importlib import import_module
from pathlib import Path

from vlprompt.cli.dispatch import start
from vlprompt.errors import UserError
from vlprompt.jobs.executors import InProcessExecutor
from vlprompt.jobs.executors.isolation import isolated
from vlprompt.protocols import PROTOCOLS
from vlprompt.protocols.protocol import add_arguments, run

ROOT = Path(__file__).parents[2]
EPOCHS = 3  # enough to see that it learns


def call(*command: str) -> subprocess.CompletedProcess:
    """Run a program from the root of the repository."""
    return subprocess.run(
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True
    )


def call_here(*words: str) -> object:
    """Run a command in this process, which stays as it is."""
    with isolated():
        return start(words)


def evaluate_here(name: str, *words: str) -> tuple[int, str]:
    """Run a protocol and its jobs in this process.

    Returns:
        The exit code, and what is printed.
    """
    module, kind = PROTOCOLS[name]
    protocol = getattr(import_module(module), kind)()
    parser = ArgumentParser()
    add_arguments(parser, protocol)
    args = parser.parse_args(words)
    printed = io.StringIO()
    with redirect_stdout(printed):
        try:
            code = run(protocol, args, InProcessExecutor())
        except UserError as error:
            print(f'error: {error}')
            code = 2
    return code, printed.getvalue()
