"""Count operations and parameters: ``vlprompt analyze complexity``."""

from vlprompt.cli.analyze_complexity import main
from vlprompt.cli.common import run_command

if __name__ == '__main__':
    run_command(main)
