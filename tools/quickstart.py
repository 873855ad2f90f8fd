"""The whole job in the toy world: see :mod:`vlprompt.toy.quickstart`."""

from vlprompt.toy.quickstart import main

if __name__ == '__main__':
    main()
