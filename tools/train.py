"""Train a model: ``vlprompt train``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.train import main

if __name__ == '__main__':
    run_command(main)
