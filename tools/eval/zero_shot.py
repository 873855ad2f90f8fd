"""Zero-shot evaluation: ``vlprompt.protocols.zero_shot``."""

from vlprompt.cli.common import run_command
from vlprompt.protocols.zero_shot import main

if __name__ == '__main__':
    run_command(main)
