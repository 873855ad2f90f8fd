"""Every system in the toy world: see :mod:`vlprompt.toy.zoo`."""

from vlprompt.toy.zoo import main

if __name__ == '__main__':
    main()
