"""Compare all methods in the toy world: ``vlprompt toy zoo``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.toy_zoo import main

if __name__ == '__main__':
    run_command(main)
