"""Write the lists of a retrieval data set: ``vlprompt data retrieval``."""

from vlprompt.cli.common import run_command
from vlprompt.cli.data_retrieval import main

if __name__ == '__main__':
    run_command(main)
