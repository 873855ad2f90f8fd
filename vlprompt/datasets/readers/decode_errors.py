"""What decord and the system say about a file that cannot be read."""

import re

from decord import DECORDError

UNREADABLE = (RuntimeError, OSError, DECORDError)
# What decord puts before a message: a time, a place in its source, twice.
DECORD_PREFIX = re.compile(r'\[[\d:]+\] \S+:\d+: ')


def reason(error: Exception) -> str:
    """One short line for an error of ``UNREADABLE``."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = DECORD_PREFIX.sub('', ' '.join(str(error).split()))
    return text[:120] or type(error).__name__
