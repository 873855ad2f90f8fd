"""Make the toy world: see :mod:`vlprompt.toy.make_world`."""

from vlprompt.toy.make_world import main

if __name__ == '__main__':
    main()
