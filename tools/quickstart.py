"""Run the whole job in the toy world: ``vlprompt demo``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.demo import main

if __name__ == '__main__':
    run_command(main)
