"""The commands, one module each: ``vlprompt --help`` lists them.

A module says in the first line of its docstring what the command does, shows
a call in ``EXAMPLE``, and has ``add_arguments(parser)``, ``run(args)`` and
``main(args)``.  It imports what is heavy when it runs, so that ``--help``
works at once, and without torch.
"""
