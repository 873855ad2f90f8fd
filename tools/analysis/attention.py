"""Draw where models look: ``vlprompt analyze attention``."""

from vlprompt.cli.analyze_attention import main
from vlprompt.cli.common import run_command

if __name__ == '__main__':
    run_command(main)
