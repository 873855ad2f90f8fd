"""Fully supervised evaluation: ``vlprompt.protocols.fully_supervised``."""

from vlprompt.cli.common import run_command
from vlprompt.protocols.fully_supervised import main

if __name__ == '__main__':
    run_command(main)
