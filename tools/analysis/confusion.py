"""Show which classes are confused: ``vlprompt analyze confusion``."""

from vlprompt.cli.analyze_confusion import main
from vlprompt.cli.common import run_command

if __name__ == '__main__':
    run_command(main)
