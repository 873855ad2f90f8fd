"""Convert OpenAI's CLIP archives: ``vlprompt convert openai``."""

import sys

from vlprompt.cli.common import run_command
from vlprompt.cli.convert import main

if __name__ == '__main__':
    run_command(lambda: main(['openai', *sys.argv[1:]]))
