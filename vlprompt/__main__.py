"""The ``vlprompt`` command, and ``python -m vlprompt``."""

from vlprompt.cli.dispatch import main

if __name__ == '__main__':
    main()
