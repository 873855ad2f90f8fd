"""Base-to-novel generalization: ``vlprompt.protocols.base_to_novel``."""

from vlprompt.cli.common import run_command
from vlprompt.protocols.base_to_novel import main

if __name__ == '__main__':
    run_command(main)
