"""What is said about a file that cannot be read."""

import re
import sys

UNREADABLE = (RuntimeError, OSError)
# What decord puts before a message: a time, a place in its source, twice.
DECORD_PREFIX = re.compile(r'\[[\d:]+\] \S+:\d+: ')


def unreadable() -> tuple[type[Exception], ...]:
    """The errors of files that cannot be read, for an ``except``.

    decord has one of its own; it is not imported for it.
    """
    decord = sys.modules.get('decord')
    return (*UNREADABLE, decord.DECORDError) if decord else UNREADABLE


def reason(error: Exception) -> str:
    """One short line for one of these errors."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = DECORD_PREFIX.sub('', ' '.join(str(error).split()))
    return text[:120] or type(error).__name__
