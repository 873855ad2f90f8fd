"""How many threads a process can run, and how they wait for each other."""

import os


def wait_without_spinning() -> None:
    """Let threads that have nothing to do sleep instead of spinning.

    A small model is many short pieces of work, after each of which the
    OpenMP threads wait for the slowest.  By default they spin, and if
    another program has the core that the slowest one needs, they take the
    rest of the machine from it for nothing: small models then ran five
    times slower.  Both runtimes that PyTorch is built with (libgomp, and
    Intel's) read this variable when PyTorch is imported.  What the user has
    set stays.
    """
    os.environ.setdefault('OMP_WAIT_POLICY', 'PASSIVE')


def usable_cores() -> int:
    """The cores that this process may use, where the system says it."""
    if hasattr(os, 'sched_getaffinity'):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
