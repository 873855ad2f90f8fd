"""Few-shot training and evaluation: ``vlprompt.protocols.few_shot``."""

from vlprompt.cli.common import run_command
from vlprompt.protocols.few_shot import main

if __name__ == '__main__':
    run_command(main)
