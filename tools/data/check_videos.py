"""Check a list and its videos: ``vlprompt data check``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.data_check import main

if __name__ == '__main__':
    run_command(main)
