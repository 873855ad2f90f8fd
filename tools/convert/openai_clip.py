"""Convert OpenAI's CLIP archives: ``vlprompt.cli.convert_clip``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.convert_clip import main

if __name__ == '__main__':
    run_command(main)
