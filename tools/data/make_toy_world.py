"""Make the toy world and its CLIP: ``vlprompt toy world``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.toy_world import main

if __name__ == '__main__':
    run_command(main)
