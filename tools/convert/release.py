"""Convert published weights: ``vlprompt convert``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.convert import main

if __name__ == '__main__':
    run_command(main)
