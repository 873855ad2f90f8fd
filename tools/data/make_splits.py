"""Make or verify splits: ``vlprompt data split``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.data_split import main

if __name__ == '__main__':
    run_command(main)
