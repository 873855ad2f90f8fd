"""Store decoded frames: ``vlprompt data cache``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.data_cache import main

if __name__ == '__main__':
    run_command(main)
