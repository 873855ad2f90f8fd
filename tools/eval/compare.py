"""Compare any models: ``vlprompt.protocols.compare``."""

from vlprompt.cli.common import run_command
from vlprompt.protocols.compare import main

if __name__ == '__main__':
    run_command(main)
