"""Retrieval of videos and captions: ``vlprompt.protocols.retrieval``."""

from vlprompt.cli.common import run_command
from vlprompt.protocols.retrieval import main

if __name__ == '__main__':
    run_command(main)
