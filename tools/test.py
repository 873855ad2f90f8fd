"""Evaluate a model: ``vlprompt test``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.test import main

if __name__ == '__main__':
    run_command(main)
