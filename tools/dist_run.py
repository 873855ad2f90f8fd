"""Start processes of a script: ``vlprompt.cli.launch``."""

import sys

from vlprompt.cli.launch import main

if __name__ == '__main__':
    sys.exit(main(sys.argv[1:]))
