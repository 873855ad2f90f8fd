"""Run one of MMAction2's own tools: ``vlprompt analyze mmaction2``."""

from vlprompt.cli.analyze_mmaction2 import main
from vlprompt.cli.common import run_command

if __name__ == '__main__':
    run_command(main)
